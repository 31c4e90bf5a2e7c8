"""One account of the stand-in: what Harness keeps, and how tests look into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

ScopeKey: TypeAlias = tuple[str | None, str | None]
"""Organisation and project; (None, None) is the account."""
PipelineName: TypeAlias = tuple[str, str, str]
"""Organisation, project and identifier."""


@dataclass
class StoredPipeline:
    """One pipeline.

    Args:
        text: its YAML; of one in git on its default branch.
        in_git: it is stored in git.
        branches: the text on each branch, where it is.
        public: everybody may see it.
        commits: the messages of the commits that were made, oldest first.
    """

    text: str
    in_git: bool = False
    branches: dict[str, str] = field(default_factory=dict)
    public: bool = False
    commits: list[tuple[str, str]] = field(default_factory=list)
    version: int = 1


@dataclass
class Request:
    """One request that came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


@dataclass
class Account:
    """What there is, and what is switched on.

    Args:
        id: the account's identifier.
        token: the one that is known.
        users: address by id: who can be a member of groups.
        smtp: the configuration on the wire without its password.
        smtp_password: what is stored as password; None where there is none.
        groups: by scope and identifier, users as ids.
        secrets: by scope and identifier.
        values: the values of inline secrets, likewise.
        denied: permissions that the token lacks.
        has_v2: the newer API of user groups is there.
        denies_pipelines: a policy denies every change of a pipeline.
        denies_groups: a policy denies every change of a group.
        mail_error: why the test mail fails; None lets it pass.
        takes_webhooks: groups may have an entry of type WEBHOOK.
        has_acl: it can be asked for permissions.
        requests: all that came, in order.
        violations: requests that the published interface does not allow.
    """

    id: str = "acc123"
    token: str = ""
    users: dict[str, str] = field(default_factory=dict)
    organizations: list[str] = field(default_factory=lambda: ["default", "other"])
    projects: list[tuple[str, str]] = field(
        default_factory=lambda: [("default", "shop"), ("default", "two"), ("other", "shop")]
    )
    smtp: dict[str, Any] | None = None
    smtp_password: str | None = None
    groups: dict[tuple[ScopeKey, str], dict[str, Any]] = field(default_factory=dict)
    secrets: dict[tuple[ScopeKey, str], dict[str, Any]] = field(default_factory=dict)
    values: dict[tuple[ScopeKey, str], str] = field(default_factory=dict)
    pipelines: dict[PipelineName, StoredPipeline] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    has_v2: bool = True
    denies_pipelines: bool = False
    denies_groups: bool = False
    mail_error: str | None = None
    mails: list[dict[str, str]] = field(default_factory=list)
    takes_webhooks: bool = True
    has_acl: bool = True
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    made: int = 0

    def number(self) -> str:
        """An id that nothing else has."""
        self.made += 1
        return f"{self.made:022d}"

    def user(self, email: str) -> str:
        """The id of a user, invited if need be."""
        known = {address.lower(): id_ for id_, address in self.users.items()}
        if email.lower() not in known:
            self.users[f"u{len(self.users) + 1}"] = email
            return f"u{len(self.users)}"
        return known[email.lower()]

    def count(self, method: str, part: str) -> int:
        """How many requests of a method had this in their path."""
        return sum(one.method == method and part in one.path for one in self.requests)
