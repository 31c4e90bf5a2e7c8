"""Faults as data: the record of a diagnostic, spans in source texts, the codes, and did-you-mean.

A fault of a user's input is a `Diagnostic`, collected and returned; nothing here prints (that is `rendering`) and
nothing here
decides an exit code (that is `cli`).
"""

from declarative_mail.diagnostics.model import Code, Diagnostic, DiagnosticError, Label, Severity, has_errors
from declarative_mail.diagnostics.spans import Source, Span
from declarative_mail.diagnostics.suggest import did_you_mean, suggestion

__all__ = [
    "Code",
    "Diagnostic",
    "DiagnosticError",
    "Label",
    "Severity",
    "Source",
    "Span",
    "did_you_mean",
    "has_errors",
    "suggestion",
]
