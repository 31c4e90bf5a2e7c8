"""The functions of the language: Terraform's that need no provider, and the secret sources of this project.

`table` finds a function by name and imports no more than its module; `model` says what one is and calls it. The package
is pure: what a function reads of the world comes through a `CallContext`. It knows no scopes and no syntax beyond the
expressions that it hands back to the evaluator unevaluated.
"""

from __future__ import annotations
