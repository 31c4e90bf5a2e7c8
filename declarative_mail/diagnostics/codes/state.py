"""DM7xxx: the state, where it is kept, who works on it, and what hides it."""

from declarative_mail.diagnostics.model import Code

TRUNCATED = Code("DM7001", "State ends in the middle")
NOT_JSON = Code("DM7002", "State is not JSON")
TOO_NEW = Code("DM7003", "State was written by a newer version")
NOT_A_STATE = Code("DM7004", "File is not a state")
UNKNOWN_FIELD = Code("DM7005", "Unknown field in the state")
INVALID_FIELD = Code("DM7006", "Invalid value in the state")
OTHER_LINEAGE = Code("DM7007", "State of another lineage")
OLDER_SERIAL = Code("DM7008", "State is older than the stored one")
DUPLICATE_OBJECT = Code("DM7009", "Object stands twice in the state")

ENCRYPTED = Code("DM7101", "State is encrypted")
WRONG_PASSPHRASE = Code("DM7102", "No passphrase opens the file")
TAMPERED = Code("DM7103", "Encrypted file was changed")
UNKNOWN_ENCRYPTION = Code("DM7104", "Unknown encryption")
NOT_ENCRYPTED = Code("DM7105", "File is not encrypted yet", "warning")
SHORT_PASSPHRASE = Code("DM7106", "Passphrase is too short")
FALLBACK_IN_USE = Code("DM7107", "File is encrypted with the fallback passphrase", "warning")

UNREADABLE = Code("DM7201", "State cannot be read")
UNWRITABLE = Code("DM7202", "State cannot be written")
DISK_FULL = Code("DM7203", "No space to write the state")
STATE_MOVED = Code("DM7204", "State was changed by somebody else")
UNREACHABLE = Code("DM7205", "State store cannot be reached")
STORE_REFUSED = Code("DM7206", "State store refuses access")
STORE_ANSWER = Code("DM7207", "Unexpected answer of the state store")
STORE_SETTING = Code("DM7208", "Invalid setting of the state store")
EXTRA_MISSING = Code("DM7209", "Library of the state store is not installed")
WITHOUT_CONDITIONS = Code("DM7210", "State store ignores conditions")

LOCKED = Code("DM7301", "State is locked")
DEAD_LOCK = Code("DM7302", "Lock left by a dead process", "warning")
LOCK_LOST = Code("DM7303", "Lock was lost")
NOT_LOCKED = Code("DM7304", "State is not locked")
OTHER_LOCK = Code("DM7305", "State is locked by another lock")
KERNEL_LOCK = Code("DM7306", "Lock belongs to a living process")
WITHOUT_LOCK = Code("DM7307", "State store does not lock", "warning")

KEY_CHANGED = Code("DM7401", "Fingerprint key changed", "warning")
KEY_MISSING = Code("DM7402", "Fingerprint key is missing", "warning")

NO_SUCH_OBJECT = Code("DM7501", "No such object in the state")
ADDRESS_TAKEN = Code("DM7502", "Address is taken")
OTHER_KIND = Code("DM7503", "Addresses are of different kinds")
RUN_NOT_ENDED = Code("DM7504", "State holds a run that has not ended")
