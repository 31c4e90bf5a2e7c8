"""Random content of a system, as other clients may have put it there: partial, unsorted, with odd names and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from declarative_mail.resources.checks import RESERVED_IDENTIFIERS
from tests.operations.pull.system import reference, secret

Strategy = st.SearchStrategy[Any]

PEM = "-----BEGIN CERTIFICATE-----\nMIIB${x}\n-----END CERTIFICATE-----"

TEXTS = st.one_of(
    st.text(st.sampled_from('ab ${}%"\\\n\t\r#/~é\u00a0\U0001f600e\u0301\u2028'), min_size=1, max_size=12),
    st.sampled_from(
        ["$${x}", "%%{ if x }", "<<EOT\na\nEOT\n", "line\nline\n", "<p>\n  ${name}\n</p>", "a\n\nb\r\n", "user_group.a"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
)
NAMES = st.one_of(
    st.sampled_from(
        ["ops", "Ops", "On call", "on-call", "on_call", "for", "null", "24x7", "Größe", "日本", "ProdFailed", "a.b"]
    ),
    TEXTS,
)
IDENTIFIERS = st.from_regex(r"[a-zA-Z_][0-9a-zA-Z_$]{0,3}", fullmatch=True).filter(
    lambda text: text not in RESERVED_IDENTIFIERS
)
ADDRESSES = st.sampled_from(["ann@x.example", "Ann@x.example", "bob@x.example", "é@x.example", "ops+a@y.example"])
MANY = st.lists(ADDRESSES, min_size=1, max_size=4)
SECRETS = st.sampled_from(["one", "two", "three"]).map(secret)
HOSTS = st.sampled_from(["smtp.example.com", "192.0.2.1", "[2001:db8::1]", "mail.internal"])
TAGS = st.dictionaries(TEXTS, TEXTS, max_size=3)
SCOPE = {"organization": st.none() | IDENTIFIERS}


def some(required: Mapping[str, Strategy], **optional: Strategy) -> Strategy:
    """An object with some of its attributes: others are missing, or null."""
    return st.fixed_dictionaries(dict(required), optional={name: st.none() | one for name, one in optional.items()})


def reference_to(type_: str, ids: list[tuple[str, str]]) -> Strategy:
    """A reference to an object that exists, to one that does not, or a plain identifier."""
    known = [reference(type_, id_) for kind, id_ in ids if kind == type_]
    return st.sampled_from([*known, *known, *known, reference(type_, "gone"), "account.other"])


def secrets(ids: list[tuple[str, str]]) -> Strategy:
    """A secret, or a reference to one."""
    known = [reference("secret", id_) for kind, id_ in ids if kind == "secret"]
    return SECRETS | st.sampled_from([*known, *known, reference("secret", "gone")])


def secret_objects(_ids: list[tuple[str, str]]) -> Strategy:
    """``secret``"""
    usage = some(
        {}, scoped_to_account=st.booleans(), grant=st.lists(some({"environment": st.just("production")}), max_size=1)
    )
    value = some(
        {"identifier": IDENTIFIERS, "value": SECRETS},
        name=NAMES,
        description=TEXTS,
        tags=TAGS,
        usage_scope=usage,
        **SCOPE,
    )
    path = some({"identifier": IDENTIFIERS, "reference": TEXTS}, name=NAMES, secret_manager=TEXTS, **SCOPE)
    return value | path


def smtp_servers(ids: list[tuple[str, str]]) -> Strategy:
    """``smtp_server``"""
    endpoint = st.sampled_from(
        [
            {"host": "smtp.example.com"},
            {"host": "smtp.example.com", "port": 465, "encryption": "tls"},
            {"host": "[2001:db8::1]", "port": 2525, "encryption": "none"},
            {"host": "mail.internal", "port": 587, "encryption": "starttls", "uri": "smtp://mail.internal:587"},
            {"uri": "smtps://smtp.example.com"},
            {"preset": "sendgrid"},
            {"preset": "sendgrid", "host": "smtp.sendgrid.net", "port": 587, "encryption": "starttls"},
            {"preset": "ses", "region": "eu-west-1"},
        ]
    )
    login: Strategy = st.just({}) | some(
        {"username": TEXTS, "password": secrets(ids)},
        auth=st.sampled_from(["auto", "plain"]),
        password_version=st.integers(0, 3),
    )
    oauth = some(
        {"token_url": st.just("https://x.example/t"), "client_id": TEXTS, "refresh_token": secrets(ids)}, scope=TEXTS
    ).map(lambda block: {"username": "u", "oauth2": block})
    rest = some(
        {"name": NAMES, "from_address": st.sampled_from(["a@x.example", '"A, B" <a@x.example>', "Ö <ö@x.example>"])},
        description=TEXTS,
        verify_certificate=st.just(True),
        ca_certificate=st.sampled_from([PEM, f"{PEM}\n"]),
        tls_min_version=st.sampled_from(["1.2", "1.3"]),
        envelope_from=st.sampled_from(["", "b@x.example"]),
        hello=HOSTS.filter(lambda host: "[" not in host),
        delegate_selectors=st.lists(TEXTS, max_size=3),
        enabled=st.booleans(),
        fallback=st.lists(reference_to("smtp_server", ids), max_size=3),
        rate_limit=st.just("100/h"),
    )
    return st.tuples(rest, endpoint, st.one_of(login, oauth)).map(lambda three: three[0] | three[1] | three[2])


def user_groups(_ids: list[tuple[str, str]]) -> Strategy:
    """``user_group``"""
    preferences = some(
        {},
        email=some({"addresses": MANY}, send_to_all_members=st.booleans()),
        slack=some({"webhook_url": SECRETS}),
        msteams=some({"webhook_url": SECRETS}),
        pagerduty=some({"integration_key": SECRETS}),
        webhook=some({"url": SECRETS}),
    )
    return some(
        {"identifier": IDENTIFIERS},
        name=NAMES,
        description=TEXTS,
        tags=TAGS,
        members=st.just([]) | MANY | st.integers(40, 300).map(lambda n: [f"m{i}@x.example" for i in range(n)]),
        enabled=st.booleans(),
        notification_preferences=preferences,
        **SCOPE,
    )


def notification_rules(ids: list[tuple[str, str]]) -> Strategy:
    """``notification_rule``"""
    events = st.lists(
        st.one_of(
            some({"type": st.sampled_from(["PipelineFailed", "PipelineStart"])}),
            some(
                {"type": st.just("StageFailed")},
                stages=st.lists(st.sampled_from("cab"), max_size=3) | st.just(["AllStages"]),
            ),
            some({"type": st.just("StepFailed")}, steps=st.lists(TEXTS, max_size=2)),
        ),
        min_size=1,
        max_size=3,
    )
    groups = st.lists(reference_to("user_group", ids), min_size=1, max_size=4)
    match = some(
        {},
        labels=TAGS,
        condition=st.lists(some({"label": TEXTS, "values": st.lists(TEXTS, min_size=1, max_size=2)}), max_size=2),
    )
    headers = st.dictionaries(st.sampled_from(["X-Api-Key", "Authorization", "é"]), SECRETS, max_size=2)
    return some(
        {"identifier": IDENTIFIERS, "email": some({"recipients": MANY}, user_groups=groups, text=TEXTS, html=TEXTS)},
        name=NAMES,
        description=TEXTS,
        enabled=st.booleans(),
        pipeline=TEXTS,
        event=events,
        match=match,
        slack=some({"user_groups": groups}, webhook_url=SECRETS),
        msteams=some({"webhook_urls": st.lists(SECRETS, min_size=1, max_size=3)}),
        webhook=some({"url": SECRETS}, headers=headers),
        datadog=some({"url": SECRETS, "api_key": SECRETS}, headers=headers),
        smtp_server=reference_to("smtp_server", ids),
        repeat_interval=st.sampled_from(["12h", "90m"]),
        via=st.sampled_from(["pipeline", "central"]),
        git=some({"branch": st.just("main")}, commit_message=TEXTS),
        **SCOPE,
    )


def email_tasks(ids: list[tuple[str, str]]) -> Strategy:
    """``email_task``"""
    return some(
        {"name": NAMES, "to": MANY},
        description=TEXTS,
        template=TEXTS,
        smtp_server=reference_to("smtp_server", ids),
        command=TEXTS,
        schedules=st.lists(TEXTS, max_size=3),
    )


def approval_processes(ids: list[tuple[str, str]]) -> Strategy:
    """``approval_process``"""
    return some(
        {"name": NAMES},
        smtp_server=reference_to("smtp_server", ids),
        approval_type=TEXTS,
        message=TEXTS,
        approvals=st.integers(1, 5),
        self_approve=st.booleans(),
        timeout=st.just("4h"),
        email=some(
            {"user_groups": st.lists(reference_to("user_group", ids), min_size=1, max_size=2)},
            subject=st.just("Please"),
        ),
    )


TYPES = {
    "secret": secret_objects,
    "smtp_server": smtp_servers,
    "user_group": user_groups,
    "notification_rule": notification_rules,
    "email_task": email_tasks,
    "approval_process": approval_processes,
}


@st.composite
def contents(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Some objects of each type, each of which may refer to those before it: their ids are their numbers, ``#3``."""
    made: list[tuple[str, dict[str, Any]]] = []
    for type_, objects in TYPES.items():
        for _ in range(draw(st.integers(0, 4))):
            ids = [(kind, f"#{index}") for index, (kind, _) in enumerate(made)]
            made.append((type_, draw(objects(ids))))
    return made


def with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """The same with the ids that the system made in the place of numbers."""
    if isinstance(value, dict):
        return {name: with_ids(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [with_ids(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value
