"""The settings of ``remote "harness"``: which account of which Harness, and where objects live that do not say it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from declarative_mail.remotes.harness.scope import Scope
from declarative_mail.secrets import Secret

SAAS, SELF_MANAGED = "saas", "self_managed"
EDITIONS = (SAAS, SELF_MANAGED)


class HarnessSettings(Struct, frozen=True, kw_only=True):
    """The settings of ``remote "harness" "x" { … }``; times in seconds.

    Args:
        account: the account's identifier.
        token: a personal access token or that of a service account, sent as ``x-api-key``.
        endpoint: the URL, with a path before ``/ng/api`` where there is one.
        organization: where objects live that name neither organisation nor project.
        project: the same; needs organization.
        edition: ``saas`` or ``self_managed``; left out, as the endpoint tells.
        allow_plain_http: clear text to another machine than this one.
        parallelism: calls at once.
        timeout: for one call with all its repetitions.
    """

    account: str
    token: Secret
    endpoint: str = "https://app.harness.io/gateway"
    organization: str | None = None
    project: str | None = None
    edition: str | None = None
    allow_plain_http: bool = False
    parallelism: int = 10
    timeout: float = 60.0

    @property
    def scope(self) -> Scope:
        """Where objects live that do not say it."""
        return Scope(self.organization, self.project)

    @property
    def is_self_managed(self) -> bool:
        """Whether the account is on an installation of one's own, which has no SMTP server built in."""
        if self.edition is not None:
            return self.edition == SELF_MANAGED
        host = urlsplit(self.endpoint).hostname or ""
        return host != "harness.io" and not host.endswith(".harness.io")

    def faults(self) -> Iterator[tuple[str, str]]:
        """What is wrong between the settings: the setting, and the words that follow its name."""
        if self.project is not None and self.organization is None:
            yield "project", "is named within its organisation: set organization too"
        if self.edition is not None and self.edition not in EDITIONS:
            yield "edition", f'is "{self.edition}", and there are {" and ".join(EDITIONS)}'
