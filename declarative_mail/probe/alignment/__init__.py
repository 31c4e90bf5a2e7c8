"""Sender alignment: what SPF, DKIM, DMARC and MX records say of a sender's domain, and what they should say.

Asks DNS and judges. It does not send, does not look at messages (a receipt does, see `probe.receipt`), and does not
know servers: the addresses that mail leaves from are told to it.
"""

from declarative_mail.probe.alignment.check import check_alignment
from declarative_mail.probe.alignment.dns import Answer, DnsResolver, DnsUnavailable, Resolver
from declarative_mail.probe.alignment.result import AlignmentResult

__all__ = ["AlignmentResult", "Answer", "DnsResolver", "DnsUnavailable", "Resolver", "check_alignment"]
