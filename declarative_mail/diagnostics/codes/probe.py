"""DM5xxx: a connection test that failed, one code a stage."""

from declarative_mail.diagnostics.model import Code

NOT_RESOLVED = Code("DM5001", "Mail server's name not resolved")
NOT_REACHED = Code("DM5002", "Mail server not reached")
NOT_GREETED = Code("DM5003", "No usable greeting from mail server")
HELLO_REFUSED = Code("DM5004", "Mail server refuses the hello")
NOT_ENCRYPTED = Code("DM5005", "No trustworthy encryption to mail server")
LOGIN_FAILED = Code("DM5006", "Login to mail server failed")
SENDER_REFUSED = Code("DM5007", "Mail server refuses the sender")
RECIPIENT_REFUSED = Code("DM5008", "Mail server refuses a recipient")
MESSAGE_REFUSED = Code("DM5009", "Mail server did not take the message")
NOT_PROVED = Code("DM5010", "Required stage of a connection test not proved")
REMARK = Code("DM5011", "Connection test passed with a remark", "warning")
DNS_SETTING = Code("DM5012", "Invalid DNS setting")
QUESTIONABLE = Code("DM5013", "Questionable server setting", "warning")
NEAR_END = Code("DM5014", "Certificate or secret is near its end", "warning")
