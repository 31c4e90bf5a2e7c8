"""DM9xxx: the tool itself."""

from declarative_mail.diagnostics.model import Code

BUG = Code("DM9001", "Unexpected failure")
