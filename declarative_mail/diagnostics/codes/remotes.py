"""DM6xxx: what remotes answer, or cannot do."""

from declarative_mail.diagnostics.model import Code

DATA_NOT_FOUND = Code("DM6001", "Data source finds no single object")
UNKNOWN_REMOTE_TYPE = Code("DM6002", "Unknown type of remote")
