"""For each type and attribute: what is declared first, what it becomes, and what somebody else makes of it.

A new attribute without a sample is found by `test_every_attribute_has_a_sample`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from declarative_mail.remotes.capabilities import Capabilities
from declarative_mail.resources.schema import resource_schema

PEM = "-----BEGIN CERTIFICATE-----\\n%s\\n-----END CERTIFICATE-----\\n"
"""In HCL: a text that looks like a certificate."""


@dataclass(frozen=True)
class Sample:
    """One attribute.

    Args:
        before: lines of HCL that are declared first.
        after: what they become.
        moved: the value in stored form that somebody else gives it; None where nobody can.
        replaces: lines of the type's base that must not stand beside these.
        replaced: the change makes an object with another id of it.
        follows: attributes that are made of this one, and so differ whenever it does.
    """

    before: str
    after: str
    moved: Any = None
    replaces: tuple[str, ...] = ()
    replaced: bool = False
    follows: frozenset[str] = frozenset()


RULE = """
notification_rule "failed" {
  pipeline = "deploy"
  event { type = "PipelineFailed" }
  email {
    recipients  = ["cto@example.com"]
    user_groups = [user_group.ops]
  }
}
"""
"""A rule that refers to the group of many tests."""

_IN_URI = frozenset({"uri"})
BASE: Mapping[str, tuple[str, ...]] = {
    "secret": ('value = env("SECRET_ONE")',),
    "smtp_server": ('host = "smtp.example.com"', 'from_address = "ci@example.com"'),
    "user_group": (),
    "notification_rule": (
        'pipeline = "deploy"',
        'event { type = "PipelineFailed" }',
        'email { recipients = ["cto@example.com"] }',
    ),
}
"""The lines that each object needs."""

_VALUE, _HOST, _FROM = BASE["secret"][0], BASE["smtp_server"][0], BASE["smtp_server"][1]
_EVENT, _EMAIL = BASE["notification_rule"][1], BASE["notification_rule"][2]
_LOGIN = 'username = "ci"\npassword = env("SECRET_ONE")\n'


def _channel(kind: str, body: str) -> str:
    return f"{kind} {{\n{body}\n}}"


def _preferences(body: str) -> str:
    return f"notification_preferences {{\n{body}\n}}"


_IDENTITY = {
    "name": Sample('name = "one"\nidentifier = "x"', 'name = "two"\nidentifier = "x"', "theirs"),
    "identifier": Sample('identifier = "one"', 'identifier = "two"', replaced=True),
    "organization": Sample('organization = "default"', 'organization = "other"', replaced=True),
    "project": Sample(
        'organization = "default"\nproject = "shop"', 'organization = "default"\nproject = "two"', replaced=True
    ),
}
_DESCRIPTION = Sample('description = "one"', 'description = "two"', "theirs")
_TAGS = Sample('tags = { a = "1" }', 'tags = { a = "2" }', {"b": "3"})

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "secret": {
        **_IDENTITY,
        "description": _DESCRIPTION,
        "tags": _TAGS,
        "value": Sample(_VALUE, 'value = env("SECRET_TWO")', replaces=(_VALUE,)),
        "value_version": Sample("value_version = 1", "value_version = 2"),
        "reference": Sample('reference = "a/one"', 'reference = "a/two"', "a/theirs", replaces=(_VALUE,)),
        "secret_manager": Sample('secret_manager = "vault_a"', 'secret_manager = "vault_b"', "vault_c"),
        "scope": Sample('scope = "organization"\norganization = "default"', 'scope = "account"', replaced=True),
        "usage_scope": Sample("usage_scope {}", "usage_scope { scoped_to_account = true }"),
    },
    "smtp_server": {
        "name": Sample('name = "one"', 'name = "two"', "theirs"),
        "description": _DESCRIPTION,
        "preset": Sample('preset = "sendgrid"', 'preset = "mailgun"', replaces=(_HOST,)),
        "region": Sample(
            'preset = "ses"\nregion = "eu-west-1"', 'preset = "ses"\nregion = "us-east-1"', replaces=(_HOST,)
        ),
        "uri": Sample('uri = "smtp://a.example.com:587"', 'uri = "smtp://b.example.com:587"', replaces=(_HOST,)),
        "host": Sample(
            'host = "a.example.com"', 'host = "b.example.com"', "c.example.com", replaces=(_HOST,), follows=_IN_URI
        ),
        "port": Sample("port = 587", "port = 2525", 2526, follows=_IN_URI),
        "encryption": Sample('encryption = "starttls"', 'encryption = "none"\nport = 587', "none"),
        "verify_certificate": Sample("verify_certificate = true", "verify_certificate = false", False),
        "ca_certificate": Sample(f'ca_certificate = "{PEM % "A"}"', f'ca_certificate = "{PEM % "B"}"', "C"),
        "server_name": Sample('server_name = "a.example.com"', 'server_name = "b.example.com"', "c.example.com"),
        "tls_min_version": Sample('tls_min_version = "1.2"', 'tls_min_version = "1.3"', "1.1"),
        "client_certificate": Sample(
            f'client_certificate = "{PEM % "A"}"\nclient_key = env("SECRET_ONE")',
            f'client_certificate = "{PEM % "B"}"\nclient_key = env("SECRET_ONE")',
            "C",
        ),
        "client_key": Sample(
            f'client_certificate = "{PEM % "A"}"\nclient_key = env("SECRET_ONE")',
            f'client_certificate = "{PEM % "A"}"\nclient_key = env("SECRET_TWO")',
        ),
        "from_address": Sample(_FROM, 'from_address = "b@example.com"', "c@example.com", replaces=(_FROM,)),
        "envelope_from": Sample('envelope_from = "a@example.com"', 'envelope_from = "b@example.com"', "c@example.com"),
        "reply_to": Sample('reply_to = "a@example.com"', 'reply_to = "b@example.com"', "c@example.com"),
        "auth": Sample(f'{_LOGIN}auth = "plain"', f'{_LOGIN}auth = "login"', "cram_md5"),
        "username": Sample(
            'username = "a"\npassword = env("SECRET_ONE")', 'username = "b"\npassword = env("SECRET_ONE")', "c"
        ),
        "password": Sample(_LOGIN, _LOGIN.replace("ONE", "TWO")),
        "password_version": Sample(f"{_LOGIN}password_version = 1", f"{_LOGIN}password_version = 2"),
        "oauth2": Sample(
            'username = "ci"\noauth2 {\ntoken_url = "https://a.example.com/t"\nclient_id = "a"\n'
            'refresh_token = env("SECRET_ONE")\n}',
            'username = "ci"\noauth2 {\ntoken_url = "https://a.example.com/t"\nclient_id = "b"\n'
            'refresh_token = env("SECRET_ONE")\n}',
        ),
        "rotate_after": Sample('rotate_after = "90d"', 'rotate_after = "80d"'),
        "hello": Sample('hello = "a.example.com"', 'hello = "b.example.com"', "c.example.com"),
        "delegate_selectors": Sample('delegate_selectors = ["a", "b"]', 'delegate_selectors = ["a"]', ["c"]),
        "enabled": Sample("enabled = true", "enabled = false", False),
        "fallback": Sample("fallback = []", 'fallback = ["other"]', ["theirs"]),
        "rate_limit": Sample('rate_limit = "100/h"', 'rate_limit = "200/h"', "300/h"),
        "connection_test": Sample('connection_test { timeout = "5s" }', 'connection_test { timeout = "6s" }'),
    },
    "user_group": {
        **_IDENTITY,
        "description": _DESCRIPTION,
        "tags": _TAGS,
        "members": Sample(
            'members = ["a@example.com"]', 'members = ["b@example.com", "a@example.com"]', ["intruder@example.com"]
        ),
        "enabled": Sample("enabled = true", "enabled = false", False),
        "notification_preferences": Sample(
            _preferences('email { addresses = ["a@example.com"] }\nslack { webhook_url = env("SECRET_ONE") }'),
            _preferences(
                'email {\naddresses = ["b@example.com"]\nsend_to_all_members = true\n}\n'
                'pagerduty { integration_key = env("SECRET_TWO") }'
            ),
            {
                "email": {"addresses": ["c@example.com"], "send_to_all_members": False},
                "slack": None,
                "msteams": None,
                "pagerduty": None,
                "webhook": None,
            },
        ),
    },
    "notification_rule": {
        "name": _IDENTITY["name"],
        "identifier": _IDENTITY["identifier"],
        "description": _DESCRIPTION,
        "enabled": Sample("enabled = true", "enabled = false", False),
        "organization": Sample(
            'organization = "default"\nproject = "shop"', 'organization = "other"\nproject = "shop"', replaced=True
        ),
        "project": _IDENTITY["project"],
        "pipeline": Sample(
            'pipeline = "deploy"', 'pipeline = "build"', replaces=('pipeline = "deploy"',), replaced=True
        ),
        "event": Sample(
            f'{_EVENT}\nevent {{\ntype = "StageFailed"\nstages = ["rollout", "smoke"]\n}}',
            'event { type = "PipelineEnd" }\nevent { type = "StageStart" }\nevent {\ntype = "StepFailed"\n'
            'steps = ["migrate"]\n}',
            [{"type": "PipelineStart", "stages": [], "steps": []}],
            replaces=(_EVENT,),
        ),
        "match": Sample('match { labels = { a = "1" } }', 'match { labels = { a = "2" } }'),
        "email": Sample(
            _EMAIL,
            'email { recipients = ["a@example.com", "b@example.com"] }',
            {
                "recipients": ["c@example.com"],
                "user_groups": [],
                "subject": None,
                "text": None,
                "html": None,
            },
            replaces=(_EMAIL,),
        ),
        "slack": Sample(
            _channel("slack", 'webhook_url = env("SECRET_ONE")'),
            _channel("slack", 'webhook_url = env("SECRET_TWO")'),
            replaces=(_EMAIL,),
        ),
        "msteams": Sample(
            _channel("msteams", 'webhook_urls = [env("SECRET_ONE")]'),
            _channel("msteams", 'webhook_urls = [env("SECRET_TWO"), env("SECRET_ONE")]'),
            replaces=(_EMAIL,),
        ),
        "pagerduty": Sample(
            _channel("pagerduty", 'integration_key = env("SECRET_ONE")'),
            _channel("pagerduty", 'integration_key = env("SECRET_TWO")'),
            replaces=(_EMAIL,),
        ),
        "webhook": Sample(
            _channel("webhook", 'url = env("SECRET_ONE")'),
            _channel("webhook", 'url = env("SECRET_ONE")\nheaders = { X-Key = env("SECRET_TWO") }'),
            replaces=(_EMAIL,),
        ),
        "datadog": Sample(
            _channel("datadog", 'url = env("SECRET_ONE")\napi_key = env("SECRET_ONE")'),
            _channel("datadog", 'url = env("SECRET_ONE")\napi_key = env("SECRET_TWO")'),
            replaces=(_EMAIL,),
        ),
        "smtp_server": Sample('smtp_server = "one"', 'smtp_server = "two"', "three"),
        "repeat_interval": Sample('repeat_interval = "12h"', 'repeat_interval = "6h"', "1h"),
        "via": Sample('via = "pipeline"', 'via = "central"', "central"),
        "git": Sample('git { branch = "one" }', 'git { branch = "two" }'),
    },
}


def written(type_: str, capabilities: Capabilities | None) -> Iterator[tuple[str, Sample]]:
    """The attributes of a type that a remote writes, with their samples."""
    for name, sample in SAMPLES[type_].items() if capabilities is not None else ():
        if capabilities is not None and capabilities.attributes.get(name, "written") in ("written", "unreadable"):
            yield name, sample


def configuration(type_: str, sample: Sample | None, lines: str) -> str:
    """One object of a type with some lines, and what it needs beside them."""
    kept = [line for line in BASE[type_] if sample is None or line not in sample.replaces]
    body = "\n".join([*kept, lines])
    return f'{type_} "x" {{\n{body}\n}}\n'


def untested(type_: str) -> set[str]:
    """The attributes and blocks of a type without a sample."""
    schema = resource_schema(type_)
    settable = {name for name, one in schema.attributes.items() if not one.computed} | set(schema.blocks)
    return settable - set(SAMPLES[type_])
