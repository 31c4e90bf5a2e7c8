"""DM4xxx: what stands against a plan, or must be known about it."""

from declarative_mail.diagnostics.model import Code

PREVENT_DESTROY = Code("DM4001", "Object is protected from destruction")
MOVED_STILL_EXISTS = Code("DM4002", "Moved object is still declared")
MOVED_OCCUPIED = Code("DM4003", "Moved object has no free address")
UNKNOWN_TARGET = Code("DM4005", "Address matches nothing")
IMPORT_FAILED = Code("DM4006", "Object cannot be imported")
REMOVED_STILL_EXISTS = Code("DM4008", "Removed object is still declared")
BRAKE = Code("DM4010", "Change held back by a brake")
PLAN_STALE = Code("DM4020", "Saved plan is out of date")
PLAN_UNREADABLE = Code("DM4021", "Plan file cannot be read")
DIGEST_MISMATCH = Code("DM4022", "Plan differs from the reviewed one")
TARGETED = Code("DM4030", "Plan covers a part of the configuration", "warning")
NOTHING_TO_REFRESH = Code("DM4031", "Nothing to refresh", "warning")
STILL_STANDING = Code("DM4032", "Old object of a replacement still stands", "warning")
UNKNOWN_REMOTE = Code("DM4040", "Unknown remote")
PARTIAL_APPLY = Code("DM4050", "Change failed")
CHANGED_SINCE_PLAN = Code("DM4051", "Object changed since the plan was made")
NOT_APPROVED = Code("DM4052", "Nobody approved the plan")
NO_OUTPUT = Code("DM4053", "Output is not available")
TEST_AFTER_WRITE = Code("DM4055", "Server does not take the test message")
NOT_KNOWN_YET = Code("DM4054", "Value is not known yet")
