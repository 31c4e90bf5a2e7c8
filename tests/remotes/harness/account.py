"""One account of the stand-in: what Harness keeps, what is switched on, and how tests look into it and meddle with it.

What is given to a running server may be changed at any time::

    account = Account(token=secret_value("token"))
    with harness_server(account) as url:
        account.deny("core_smtp_edit")
        account.spoil(Trouble(too_many_requests(retry_after=1), method="PUT"))
        ...
    assert account.violations == []
    assert (account.reads(), account.writes()) == (10, 10)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, Literal, TypeAlias

from tests.remotes.harness.refusals import Refusal

ScopeKey: TypeAlias = tuple[str | None, str | None]
"""Organisation and project; (None, None) is the account."""
PipelineName: TypeAlias = tuple[str, str, str]
"""Organisation, project and identifier."""
ObjectKey: TypeAlias = tuple[ScopeKey, str]
"""Scope and identifier of a group or secret."""
Denial: TypeAlias = tuple[str, ScopeKey | None]
"""A permission, and the scope in which it lacks; None is everywhere."""

ASKING = ("/authz/api/acl", "/pipelines/list", "/users", "/batch", "/filter", "/validateName", "/validate-connectivity")
"""The ends of paths that a POST asks and changes nothing."""


@dataclass
class StoredPipeline:
    """One pipeline.

    Args:
        text: its YAML; nothing of one that is stored in git.
        in_git: it is stored in git, ``storeType`` is ``REMOTE``.
        branches: the text on each branch of one in git; the first is the default branch.
        public: everybody may see it.
        commits: branch and message of each commit that was made through the API, oldest first.
        version: grows with each write.
    """

    text: str
    in_git: bool = False
    branches: dict[str, str] = field(default_factory=dict)
    public: bool = False
    commits: list[tuple[str, str]] = field(default_factory=list)
    version: int = 1


@dataclass
class Request:
    """One request that came.

    Args:
        method: of HTTP.
        path: without the prefix.
        query: its parameters; of one that came twice the last.
        body: as JSON or, where it is YAML, as text; None where there is none. It may hold secrets.
        headers: names in lower case; they hold the token.
        queries: all parameters in the order in which they came.
        status: of the answer; 0 where none was sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    queries: list[tuple[str, str]] = field(default_factory=list, repr=False)
    status: int = 0


@dataclass
class Trouble:
    """Spoils the next `times` requests.

    Args:
        answer: what is sent instead of Harness's answer, see `tests.remotes.harness.refusals`; None leaves the answer.
        method: of the requests; empty is any.
        path: a part of their path.
        times: how many requests.
        delay: seconds before the answer.
        carried_out: the request is carried out before something else is answered.
    """

    answer: Refusal | None = None
    method: str = ""
    path: str = ""
    times: int = 1
    delay: float = 0.0
    carried_out: bool = False


@dataclass
class Account:
    """What there is, and what is switched on.

    Args:
        id: the account's identifier.
        token: the one that is known from the start.
        users: address by id: who can be a member of groups.
        outside: users who are not members of a scope: scope and id.
        organizations: identifiers.
        projects: organisation and identifier.
        smtp: the configuration on the wire without its password; None where there is none.
        smtp_password: what is stored as password in clear; None where there is none.
        groups: by scope and identifier, users as ids.
        inherited: for a scope, the groups of its parents that have a role there.
        secrets: by scope and identifier, without values.
        values: what is stored for inline secrets, likewise, in clear.
        used_secrets: those that something refers to: they are not deleted without force.
        pipelines: by organisation, project and identifier.
        feature_flags: those that are enabled.
        mails: the queries of the test mails that were asked for.
        url: where it is served, with the prefix; empty before.
        requests: all that came, in order.
        violations: requests that the published interface does not allow, in words.
        wrong_answers: answers of this stand-in that the interface does not allow, where `checks_answers`.

    What is switched on:
        edition: ``/api/version`` tells it as ``deployMode``.
        version: of the installation.
        has_v2: the newer read of user groups is there (``GET /ng/api/v2/user-groups/{identifier}``).
        missing_v2_as: how its absence is answered: 404 by what stands in front, 400 by the service itself.
        takes_webhooks: groups may have an entry of type WEBHOOK.
        refuses_sso_members: members of a group that is linked to SSO cannot be changed.
        lists_refuse: a list without permission is refused with 403 as older servers do; else it is empty.
        can_force_delete: ``forceDelete`` of secrets is enabled.
        denies_pipelines, denies_groups, denies_secrets: a policy denies every change.
        mail_error: why the test mail fails; None lets it pass.
        mask_as_list: the mask of the password comes as a list of characters, as the published document has it.
        has_acl: it can be asked for permissions.
        checks_scopes: what is asked of an organisation or project that does not exist is 404; else such a one is empty.
        latency: seconds that each request takes.
        checks_answers: answers are held against the interface too.
    """

    id: str = "acc123"
    token: str = field(default="", repr=False)
    users: dict[str, str] = field(default_factory=dict)
    outside: set[tuple[ScopeKey, str]] = field(default_factory=set)
    organizations: list[str] = field(default_factory=lambda: ["default", "other"])
    projects: list[tuple[str, str]] = field(
        default_factory=lambda: [("default", "shop"), ("default", "two"), ("other", "shop")]
    )
    smtp: dict[str, Any] | None = None
    smtp_password: str | None = field(default=None, repr=False)
    groups: dict[ObjectKey, dict[str, Any]] = field(default_factory=dict)
    inherited: dict[ScopeKey, set[ObjectKey]] = field(default_factory=dict)
    secrets: dict[ObjectKey, dict[str, Any]] = field(default_factory=dict)
    values: dict[ObjectKey, str] = field(default_factory=dict, repr=False)
    used_secrets: set[ObjectKey] = field(default_factory=set)
    pipelines: dict[PipelineName, StoredPipeline] = field(default_factory=dict)
    feature_flags: list[str] = field(default_factory=list)
    mails: list[dict[str, str]] = field(default_factory=list)

    edition: Literal["SAAS", "ONPREM"] = "SAAS"
    version: str = "1.0.82107"
    has_v2: bool = True
    missing_v2_as: Literal[404, 400] = 404
    takes_webhooks: bool = True
    refuses_sso_members: bool = True
    lists_refuse: bool = False
    can_force_delete: bool = False
    denies_pipelines: bool = False
    denies_groups: bool = False
    denies_secrets: bool = False
    mail_error: str | None = None
    mask_as_list: bool = False
    has_acl: bool = True
    checks_scopes: bool = False
    latency: float = 0.0
    checks_answers: bool = False

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    denials: dict[str, set[Denial]] = field(default_factory=dict, repr=False)
    expired: set[str] = field(default_factory=set, repr=False)
    touched: dict[tuple[str, Any], tuple[int, int]] = field(default_factory=dict)
    """Version and instant (a count) of the last write, by kind and key."""
    made: int = 0

    def __post_init__(self) -> None:
        """The first token may do everything; no token is none."""
        if self.token:
            self.issue(self.token)

    # -- tokens and permissions ----------------------------------------------------------------------------

    def issue(self, token: str) -> None:
        """Make a token known that may do everything."""
        self.denials.setdefault(token, set())

    def revoke(self, token: str) -> None:
        """Forget a token: 401 INVALID_TOKEN."""
        del self.denials[token]

    def expire(self, token: str) -> None:
        """Let a token run out: 401 EXPIRED_TOKEN."""
        self.expired.add(token)

    def deny(self, permission: str, scope: ScopeKey | None = None, *, token: str | None = None) -> None:
        """Take a permission away.

        Args:
            permission: e.g. ``core_smtp_edit``.
            scope: where; None is everywhere.
            token: whose; None is the first one's.
        """
        self.denials[self.token if token is None else token].add((permission, scope))

    def allow(self, permission: str, scope: ScopeKey | None = None, *, token: str | None = None) -> None:
        """Give back what `deny` took."""
        self.denials[self.token if token is None else token].discard((permission, scope))

    def may(self, token: str, permission: str, scope: ScopeKey) -> bool:
        """Whether a token has a permission in a scope."""
        return not {(permission, None), (permission, scope)} & self.denials.get(token, set())

    # -- users ---------------------------------------------------------------------------------------------

    def user(self, email: str) -> str:
        """The id of a user, invited if need be."""
        known = {address.lower(): id_ for id_, address in self.users.items()}
        if email.lower() not in known:
            self.users[f"u{len(self.users) + 1}"] = email
            return f"u{len(self.users)}"
        return known[email.lower()]

    def leave(self, email: str, scope: ScopeKey) -> None:
        """Take a user out of a scope: groups there drop the user at their next write."""
        self.outside.add((scope, self.user(email)))

    def is_member(self, id_: str, scope: ScopeKey) -> bool:
        """Whether a user can be in groups of a scope."""
        return id_ in self.users and (scope, id_) not in self.outside

    # -- what came, and what comes next --------------------------------------------------------------------

    def count(self, method: str, part: str = "") -> int:
        """How many requests of a method had this in their path."""
        return sum(one.method == method and part in one.path for one in self.requests)

    def writes(self) -> int:
        """How many requests came that change something."""
        return sum(one.method != "GET" and not one.path.endswith(ASKING) for one in self.requests)

    def reads(self) -> int:
        """How many came that change nothing: GETs, and questions in the form of a POST."""
        return len(self.requests) - self.writes()

    def spoil(self, *troubles: Trouble) -> None:
        """Spoil what comes from now on, see `Trouble`."""
        self.troubles += troubles

    def trouble_for(self, request: Request) -> Trouble | None:
        """The trouble of a request, used up by it."""
        for one in self.troubles:
            if one.times > 0 and one.method in ("", request.method) and one.path in request.path:
                one.times -= 1
                return one
        return None

    # -- what is kept --------------------------------------------------------------------------------------

    def number(self) -> str:
        """An id that nothing else has."""
        self.made += 1
        return f"{self.made:022d}"

    def touch(self, kind: str, key: Any) -> None:
        """Note a write: the version of an object, and its place in lists that begin with the latest."""
        self.made += 1
        self.touched[kind, key] = (self.version_of(kind, key) + 1, self.made)

    def version_of(self, kind: str, key: Any) -> int:
        """How often an object was written, less one; -1 if never."""
        return self.touched.get((kind, key), (-1, 0))[0]

    def written_at(self, kind: str, key: Any) -> int:
        """When an object was written, as a count."""
        return self.touched.get((kind, key), (-1, 0))[1]


def scope_exists(account: Account, scope: ScopeKey) -> bool:
    """Whether there is such an organisation or project."""
    organization, project = scope
    if organization is None:
        return project is None
    return organization in account.organizations and (project is None or (organization, project) in account.projects)


def scattered(items: set[str]) -> list[str]:
    """A set in an order of its own, which is not that in which it was written."""
    return sorted(items, key=lambda one: sha1(one.encode(), usedforsecurity=False).digest())
