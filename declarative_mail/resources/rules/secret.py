"""What follows and what must hold in a ``secret``."""

from __future__ import annotations

from collections.abc import Iterable

from declarative_mail.addresses import Address
from declarative_mail.diagnostics.codes import resources as codes
from declarative_mail.language.values import Unknown
from declarative_mail.resources.base import Fault, Values


def one_usage(values: Values) -> Iterable[Fault]:
    """One answer to where a secret may be used."""
    said = [name for name in ("scoped_to_account", "inherit_from_secret_manager") if values[name] is True]
    said += ["grant"] if values["grant"] else []
    if len(said) > 1:
        detail = f"{' and '.join(said)} are both set. Each alone says where the secret may be used: keep one of them."
        yield Fault(codes.CONFLICTING_ATTRIBUTES, (said[1],), detail, related=(((said[0],), "and here"),))


def complete_scope(values: Values, _address: Address) -> Iterable[Fault]:
    """The scope follows from organisation and project."""
    unknown = next((one for one in map(values.get, ("organization", "project")) if isinstance(one, Unknown)), None)
    scope = "project" if "project" in values else "organization" if "organization" in values else "account"
    values.setdefault("scope", unknown or scope)
    return ()


def examine_value(values: Values) -> Iterable[Fault]:
    """Either the text is given, or where it is found."""
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


def examine_scope(values: Values) -> Iterable[Fault]:
    """The scope agrees with organisation and project."""
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
