"""Faults of function calls.

The sentences are Terraform's, so that what people find when they search for them holds here.
"""

from __future__ import annotations

from declarative_mail.diagnostics.model import Code

UNKNOWN_FUNCTION = Code("DM2201", "Call to unknown function")
NOT_ENOUGH_ARGUMENTS = Code("DM2202", "Not enough function arguments")
TOO_MANY_ARGUMENTS = Code("DM2203", "Too many function arguments")
INVALID_ARGUMENT = Code("DM2204", "Invalid function argument")
CALL_FAILED = Code("DM2205", "Error in function call")
SECRET_UNAVAILABLE = Code("DM2206", "Secret source is not available")
RESULT_TOO_LARGE = Code("DM2207", "Result of a function call is too large")
