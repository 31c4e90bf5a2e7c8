"""The rules of the types: what follows from other attributes, and what must hold between them."""
