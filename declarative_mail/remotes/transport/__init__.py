"""HTTP for everything that speaks it: the only user of httpx, errors as in `declarative_mail.remotes.answers`.

A refusal (4xx, 5xx) is no error here: it is an `Answer`, and what it means is the business of whoever asked.
"""

from declarative_mail.remotes.transport.client import Transport, TransportSettings
from declarative_mail.remotes.transport.plain import PlainClient, TlsSettings

__all__ = ["PlainClient", "TlsSettings", "Transport", "TransportSettings"]
