"""DM9xxx: the tool itself."""

from declarative_mail.diagnostics.model import Code

BUG = Code("DM9001", "Unexpected failure")
UNKNOWN_CODE = Code("DM9002", "Unknown error code")
