"""The models of resources and data sources: which attributes a type has, and what each may be."""
