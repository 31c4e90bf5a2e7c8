"""What can be declared: one pydantic model a type, and how an evaluated body becomes what is wanted.

`models` says what each type takes, and `rules` what must hold between its attributes. `make generate` compiles the
models into tables; a run reads those through `schema`. `registry` knows the types, `decode` turns an evaluated body
into a `Desired` or into diagnostics with spans, `objects` gives expressions the object of a resource. Nothing here
talks to a system, compares with what exists (that is `planning`) or reads a file other than the package's own tables.
"""
