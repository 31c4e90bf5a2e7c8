"""The stand-in for Harness NextGen, for the conformance suite.

What it holds is told in stored form by code of its own: the translation of the client is what is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ruamel.yaml import YAML

from declarative_mail.remotes.harness.pipeline_yaml import RuleEdit, edit_rules
from tests.remotes.conformance.rest import SECRETS
from tests.remotes.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.remotes.harness.account import Account, StoredPipeline
from tests.remotes.harness.server import harness_server
from tests.support.canary import secret_value

PIPELINE = """\
# kept as it is
pipeline:
    name: {0}
    identifier: {0}
    stages:
        - stage: {{name: rollout, identifier: rollout}}
        - stage: {{name: smoke, identifier: smoke}}
"""
ADDRESSES = ("a", "b", "c", "cto", "intruder", "ann", "bob")


@dataclass
class NextGenHarness:
    """The stand-in."""

    proxy: FaultProxy
    block: str
    environment: dict[str, str]
    account: Account
    remote: str = "harness"
    token: str = "HARNESS_TOKEN"
    reads_secrets: bool = True
    calls: ClassVar[Mapping[str, tuple[str, str]]] = {
        "create": ("POST", "/v2/user-groups"),
        "update": ("PUT", "/v2/user-groups"),
        "delete": ("DELETE", "/user-groups/"),
    }

    def objects(self, type_: str) -> dict[str, dict[str, Any]]:
        """Read from the account."""
        found = {
            "smtp_server": self._servers,
            "secret": self._secrets,
            "user_group": self._groups,
            "notification_rule": self._rules,
        }[type_]()
        return deepcopy(found)

    def _servers(self) -> dict[str, dict[str, Any]]:
        smtp = self.account.smtp
        return {} if smtp is None else {smtp["uuid"]: {**smtp, "password": self.account.smtp_password}}

    def _secrets(self) -> dict[str, dict[str, Any]]:
        return {
            _id(scope, name): {**one, "spec": _told(one["spec"]), "value": self.account.values.get((scope, name))}
            for (scope, name), one in self.account.secrets.items()
        }

    def _groups(self) -> dict[str, dict[str, Any]]:
        return {
            _id(scope, name): {**one, "users": sorted(self.account.users[user] for user in one["users"])}
            for (scope, name), one in self.account.groups.items()
        }

    def _rules(self) -> dict[str, dict[str, Any]]:
        found = {}
        for name, pipeline in self.account.pipelines.items():
            document = YAML(typ="safe", pure=True).load(pipeline.text)
            assert pipeline.text.startswith("# kept as it is\n")
            for rule in document["pipeline"].get("notificationRules") or ():
                found["/".join([*name, rule["identifier"]])] = rule
        return found

    def change(self, type_: str, id_: str, **attributes: Any) -> None:
        """What somebody else does in the console."""
        for name, value in attributes.items():
            getattr(self, f"_change_{type_}")(id_, name, value)

    def _change_smtp_server(self, _id: str, name: str, value: Any) -> None:
        smtp = self.account.smtp
        assert smtp is not None
        fields = {"from_address": "fromAddress", "delegate_selectors": "delegateSelectors"}
        if name == "name":
            smtp["name"] = value
        elif name == "encryption":
            smtp["value"] |= {"useSSL": value == "tls", "startTLS": value == "starttls"}
        else:
            smtp["value"][fields.get(name, name)] = value

    def _change_secret(self, id_: str, name: str, value: Any) -> None:
        secret = next(one for (scope, label), one in self.account.secrets.items() if _id(scope, label) == id_)
        if name == "reference":
            secret["spec"] = {**secret["spec"], "value": value}
        elif name == "secret_manager":
            secret["spec"] = {**secret["spec"], "secretManagerIdentifier": value}
        else:
            secret[name] = value

    def _change_user_group(self, id_: str, name: str, value: Any) -> None:
        group = next(one for (scope, label), one in self.account.groups.items() if _id(scope, label) == id_)
        if name == "members":
            group["users"] = [self.account.user(one) for one in value]
        elif name == "notification_preferences":
            email = value["email"]
            entry = {
                "type": "EMAIL",
                "groupEmail": ", ".join(email["addresses"]),
                "sendEmailToAllUsers": email["send_to_all_members"],
            }
            group["notificationConfigs"] = [entry]
        else:
            group[name] = value

    def _change_notification_rule(self, id_: str, name: str, value: Any) -> None:
        *at, key = id_.split("/")
        pipeline = self.account.pipelines[at[0], at[1], at[2]]
        if name == "event":
            changed: dict[str, Any] = {"pipelineEvents": [{"type": one["type"]} for one in value]}
        elif name == "email":
            spec = {"recipients": value["recipients"], "userGroups": []}
            changed = {"notificationMethod": {"type": "Email", "spec": spec}}
        else:
            changed = {name: value}
        pipeline.text = edit_rules(pipeline.text, [RuleEdit(key, changed)])

    def remove(self, type_: str, id_: str) -> None:
        """What somebody else deletes."""
        assert type_ == "user_group"
        key = next(key for key in self.account.groups if _id(*key) == id_)
        del self.account.groups[key]

    def writes(self) -> int:
        """What is no GET, and no question in the form of a POST."""
        return self.account.writes()

    def groups_of_rule(self, rule: Mapping[str, Any]) -> list[str]:
        """All of these tests are of one project."""
        return [f"default/shop/{one}" for one in rule["notificationMethod"]["spec"]["userGroups"]]

    def overtaken(self, change: Callable[[], None]) -> Fault:
        """The group is read again just before it is written."""
        return Fault("GET", lambda reply: reply, forwarded=True, path="/v2/user-groups/ops", before=change)

    def violations(self) -> list[str]:
        """What the published interface does not allow."""
        return self.account.violations


def _told(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What a secret tells of itself: a write brings its value, which is kept apart."""
    return {name: value for name, value in spec.items() if name != "value" or spec["valueType"] != "Inline"}


def _id(scope: tuple[str | None, str | None], name: str) -> str:
    return "/".join(filter(None, [*scope, name]))


def new_account(token: str) -> Account:
    """An account with users, projects and pipelines, and nothing that tells anybody."""
    account = Account(token=token)
    for name in ADDRESSES:
        account.user(f"{name}@example.com")
    for organization, project in account.projects:
        for name in ("deploy", "build"):
            account.pipelines[organization, project, name] = StoredPipeline(PIPELINE.format(name))
    return account


@contextmanager
def next_gen_harness(_folder: Path) -> Iterator[NextGenHarness]:
    """The stand-in with a token; what names no scope lives in a project."""
    token = secret_value("token")
    account = new_account(token)
    with harness_server(account) as url, fault_proxy(url.removesuffix("/gateway")) as proxy:
        block = (
            f'remote "harness" "x" {{\n  endpoint = "{proxy.url}/gateway"\n  account = "{account.id}"\n'
            '  token = env("HARNESS_TOKEN")\n  organization = "default"\n  project = "shop"\n  edition = "saas"\n'
            '  default = true\n  timeout = "4s"\n}\n'
        )
        yield NextGenHarness(proxy, block, {"HARNESS_TOKEN": token, **SECRETS}, account)
