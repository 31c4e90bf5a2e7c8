"""Mail notification as code: HCL in, a plan against a state or a remote, proof that mail is taken, then the change.

Start reading at ``docs/architecture.md``. Each package below is a noun and says in its docstring what it is and what
it is not.
"""

__version__ = "0.1.0"
