"""What can be declared: one pydantic model and one file a type, and how an evaluated body becomes one.

`registry` knows the types, `schema` says what each of them takes, `decode` turns an evaluated body into a `Desired`
or into diagnostics with spans, `objects` gives expressions the object of a resource. Nothing here talks to a system,
compares with what exists (that is `planning`) or reads a file other than the package's own table of presets.
"""
