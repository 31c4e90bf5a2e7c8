"""DM6xxx: what remotes answer, or cannot do."""

from declarative_mail.diagnostics.model import Code

DATA_NOT_FOUND = Code("DM6001", "Data source finds no single object")
UNKNOWN_REMOTE_TYPE = Code("DM6002", "Unknown type of remote")
REMOTE_SETTING = Code("DM6003", "Invalid setting of a remote")
SEVERAL_DEFAULTS = Code("DM6004", "Several default remotes")

UNREACHABLE = Code("DM6010", "Remote cannot be reached")
NOT_AN_API = Code("DM6011", "Answer comes from no API")
ACCESS_DENIED = Code("DM6012", "Remote denies access")
REFUSED = Code("DM6013", "Remote refused the call")
OTHER_VERSION = Code("DM6014", "Remote speaks another version")
EXISTS_ALREADY = Code("DM6015", "Object exists already on the remote")
NOT_KEPT = Code("DM6016", "Remote did not keep what was written")
INTERRUPTED_OTHERWISE = Code("DM6018", "Object differs from what an interrupted run made", "warning")
IMPORT_REFUSED = Code("DM6020", "Remote has nothing to take over")
LEFT_OUT = Code("DM6021", "Object cannot be declared", "warning")
FILES_EXIST = Code("DM6022", "Files exist already")

TYPE_NOT_HELD = Code("DM6040", "Remote holds no objects of this type")
NOT_EXPRESSIBLE = Code("DM6041", "Remote cannot express an attribute")
VERB_MISSING = Code("DM6042", "Remote cannot make this change")
OBJECT_PROTECTED = Code("DM6043", "Object is ruled by another system")
NOT_ON_REMOTE = Code("DM6044", "Remote lacks what an object needs")
REMOTE_RULE = Code("DM6045", "Object breaks a rule of the remote")
LIMITED_REMOTE = Code("DM6046", "Remote is limited", "warning")
CROSS_REFERENCE = Code("DM6047", "Reference to an object on another remote")

SERVE_SETTING = Code("DM6030", "Server cannot start")
