"""The types that fields of the models have: each with its check and the marks that are read from it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, Strict

from declarative_mail.resources.checks import (
    check_address,
    check_duration,
    check_envelope,
    check_horizon,
    check_host,
    check_identifier,
    check_mailbox,
    check_network,
    check_pem,
    check_positive,
    check_rate,
    check_uri,
    check_url,
)
from declarative_mail.resources.leaves import Reference
from declarative_mail.resources.models.markers import ReferenceMark, SecretMark, SetMark
from declarative_mail.resources.schema import Derived
from declarative_mail.secrets import Secret

T = TypeVar("T")

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=128)]
Description: TypeAlias = Annotated[str, Field(max_length=1024)]
Identifier: TypeAlias = Annotated[str, AfterValidator(check_identifier)]
LabelledName: TypeAlias = Annotated[Name, Derived("the label, or label-key", fixed=True)]
DerivedIdentifier: TypeAlias = Annotated[
    Identifier, Derived("the name, with _ for each character not allowed", fixed=True)
]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]
Host: TypeAlias = Annotated[str, AfterValidator(check_host)]
Uri: TypeAlias = Annotated[str, AfterValidator(check_uri)]
Url: TypeAlias = Annotated[str, AfterValidator(check_url)]
Network: TypeAlias = Annotated[str, AfterValidator(check_network)]
EmailAddress: TypeAlias = Annotated[str, AfterValidator(check_address)]
EnvelopeAddress: TypeAlias = Annotated[str, AfterValidator(check_envelope)]
MailboxText: TypeAlias = Annotated[str, AfterValidator(check_mailbox)]
Certificate: TypeAlias = Annotated[str, AfterValidator(check_pem)]
Duration: TypeAlias = Annotated[str, AfterValidator(check_duration), AfterValidator(check_positive)]
DurationOrZero: TypeAlias = Annotated[str, AfterValidator(check_duration)]
Horizon: TypeAlias = Annotated[str, AfterValidator(check_horizon)]
RateLimit: TypeAlias = Annotated[str, AfterValidator(check_rate)]

Sequence: TypeAlias = Annotated[tuple[T, ...], Strict(False)]
SetOf: TypeAlias = Annotated[tuple[T, ...], Strict(False), SetMark()]
EmailSet: TypeAlias = Annotated[tuple[EmailAddress, ...], Strict(False), SetMark(fold=True)]

SecretValue: TypeAlias = Annotated[Secret | Reference, SecretMark()]
ServerReference: TypeAlias = Annotated[Reference, ReferenceMark("smtp_server")]
GroupReference: TypeAlias = Annotated[Reference, ReferenceMark("user_group")]

Encryption: TypeAlias = Literal["none", "starttls", "starttls_if_offered", "tls"]
