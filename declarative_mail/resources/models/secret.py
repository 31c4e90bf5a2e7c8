"""``secret``: a sensitive text that a system keeps, for others to refer to."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from declarative_mail.resources.models.base import Block, DataSource, Resource
from declarative_mail.resources.models.fields import (
    DerivedIdentifier,
    Description,
    Identifier,
    LabelledName,
    Name,
    SecretValue,
    Sequence,
)
from declarative_mail.resources.rules.common import check_scope, check_selector, complete_identity
from declarative_mail.resources.rules.secret import complete_scope, examine_scope, examine_value, one_usage
from declarative_mail.resources.schema import Derived


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

    rules: ClassVar = (one_usage,)


class SecretText(Resource):
    """A text secret: its value, or where the secret manager finds it."""

    type_name: ClassVar = "secret"
    title: ClassVar = "A sensitive text that the system keeps"
    natural_key: ClassVar = ("organization", "project", "identifier")
    immutable: ClassVar = frozenset({"identifier", "organization", "project", "scope"})
    completions: ClassVar = (complete_identity, complete_scope)
    rules: ClassVar = (check_scope, examine_value, examine_scope)
    other_names: ClassVar = {
        "text": "value",
        "data": "value",
        "password": "value",
        "path": "reference",
        "org": "organization",
        "manager": "secret_manager",
    }

    name: LabelledName = Field(default="", description="What people see.")
    identifier: DerivedIdentifier = Field(default="", description="What the system and other objects call it.")
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
        Literal["account", "organization", "project"], Derived("by organization and project", fixed=False)
    ] = Field(default="account", description="On which level it lives.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")
    usage_scope: UsageScope | None = Field(default=None, description="Where it may be used (Harness FirstGen).")


class SecretData(DataSource):
    """Which secret to refer to: by identifier or by name. Its value is not read."""

    type_name: ClassVar = "secret"
    title: ClassVar = "A secret that is managed elsewhere"

    identifier: Identifier | None = Field(default=None, description="The identifier of the secret.")
    name: Name | None = Field(default=None, description="The name of the secret, where the identifier is not known.")
    organization: Identifier | None = Field(default=None, description="The organisation that it belongs to.")
    project: Identifier | None = Field(default=None, description="The project that it belongs to; needs organization.")

    rules: ClassVar = (check_selector, check_scope)
