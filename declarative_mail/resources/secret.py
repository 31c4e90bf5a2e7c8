"""``secret``: a sensitive text that a system keeps, for others to refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Block, DataSource, Fault, Resource, Values
from declarative_mail.resources.fields import Description, Identifier, Name, SecretValue, Sequence
from declarative_mail.resources.markers import DerivedMark
from declarative_mail.resources.rules import check_scope, check_selector, complete_identity

# -- blocks ----------------------------------------------------------------------------------------


def _one_usage(values: Values) -> Iterable[Fault]:
    said = [name for name in ("scoped_to_account", "inherit_from_secret_manager") if values[name] is True]
    said += ["grant"] if values["grant"] else []
    if len(said) > 1:
        detail = f"{' and '.join(said)} are both set. Each alone says where the secret may be used: keep one of them."
        yield Fault(codes.CONFLICTING_ATTRIBUTES, (said[1],), detail, related=(((said[0],), "and here"),))


class UsageGrant(Block):
    """Applications and environments that may use the secret."""

    application: str = Field(default="all", min_length=1, description="An application's identifier, or `all`.")
    environment: str = Field(
        min_length=1, description="An environment's identifier, or `production`, or `non_production`."
    )


class UsageScope(Block):
    """Where a secret may be used (Harness FirstGen)."""

    scoped_to_account: bool = Field(
        default=False, description="Everywhere in the account, and nowhere by applications."
    )
    inherit_from_secret_manager: bool = Field(default=False, description="Wherever its secret manager may be used.")
    grant: Sequence[UsageGrant] = Field(default=(), description="Once for each application and environment.")

    rules: ClassVar = (_one_usage,)


# -- rules -----------------------------------------------------------------------------------------


def _complete_scope(values: Values, _address: Address) -> Iterable[Fault]:
    unknown = next((one for one in map(values.get, ("organization", "project")) if isinstance(one, Unknown)), None)
    scope = "project" if "project" in values else "organization" if "organization" in values else "account"
    values.setdefault("scope", unknown or scope)
    return ()


def _examine_value(values: Values) -> Iterable[Fault]:
    value, reference = values.get("value"), values.get("reference")
    if value is None and reference is None:
        detail = "The secret has neither value nor reference. Set value to a sensitive text, or reference to its path."
        yield Fault(codes.MISSING_ATTRIBUTE, (), detail)
    elif value is not None and reference is not None:
        detail = (
            "value and reference are both set. Either the text is given or the place where it is found: keep one of "
            "them."
        )
        yield Fault(codes.CONFLICTING_ATTRIBUTES, ("reference",), detail, related=((("value",), "and here"),))


_NEEDED = {"account": (), "organization": ("organization",), "project": ("organization", "project")}


def _examine_scope(values: Values) -> Iterable[Fault]:
    scope = values.get("scope")
    if scope not in _NEEDED:
        return
    for name in ("organization", "project"):
        if values.get(name) is None and name in _NEEDED[scope]:
            yield Fault(codes.INCOMPLETE_ATTRIBUTES, ("scope",), f'scope is "{scope}", which needs {name}. Set it.')
        elif values.get(name) is not None and name not in _NEEDED[scope]:
            detail = (
                f'scope is "{scope}", but {name} is set. Remove one of them; scope follows from organization and '
                "project."
            )
            yield Fault(codes.CONFLICTING_ATTRIBUTES, ("scope",), detail, related=(((name,), "and here"),))


# -- the resource ----------------------------------------------------------------------------------


class SecretText(Resource):
    """A text secret: its value, or where the secret manager finds it."""

    type_name: ClassVar = "secret"
    title: ClassVar = "A sensitive text that the system keeps"
    natural_key: ClassVar = ("organization", "project", "identifier")
    immutable: ClassVar = frozenset({"identifier", "organization", "project", "scope"})
    completions: ClassVar = (complete_identity, _complete_scope)
    rules: ClassVar = (check_scope, _examine_value, _examine_scope)
    other_names: ClassVar = {
        "text": "value",
        "data": "value",
        "password": "value",
        "path": "reference",
        "org": "organization",
        "manager": "secret_manager",
    }

    name: Annotated[Name, DerivedMark("the label, or label-key", fixed=True)] = Field(
        default="", description="What people see."
    )
    identifier: Annotated[Identifier, DerivedMark("the name, with _ for each character not allowed", fixed=True)] = (
        Field(default="", description="What the system and other objects call it.")
    )
    description: Description = Field(default="", description="What it is for.")
    tags: dict[str, str] = Field(default_factory=dict, description="Words to find it by.")
    value: SecretValue | None = Field(default=None, description="The secret itself; written, never read back.")
    value_version: int | None = Field(
        default=None, ge=0, description="Any other number than before makes apply write the value again."
    )
    reference: str | None = Field(
        default=None, min_length=1, description="Its path in the secret manager, in place of a value."
    )
    secret_manager: str | None = Field(
        default=None, min_length=1, description="The manager that keeps it, if not the default one."
    )
    scope: Annotated[
        Literal["account", "organization", "project"], DerivedMark("by organization and project", fixed=False)
    ] = Field(default="account", description="On which level it lives.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")
    usage_scope: UsageScope | None = Field(default=None, description="Where it may be used (Harness FirstGen).")


# -- the data source -------------------------------------------------------------------------------


class SecretData(DataSource):
    """Which secret to refer to: by identifier or by name. Its value is not read."""

    type_name: ClassVar = "secret"
    title: ClassVar = "A secret that is managed elsewhere"

    identifier: Identifier | None = Field(default=None, description="The identifier of the secret.")
    name: Name | None = Field(default=None, description="The name of the secret, where the identifier is not known.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")

    rules: ClassVar = (check_selector, check_scope)
