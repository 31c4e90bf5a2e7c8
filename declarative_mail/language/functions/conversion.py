"""can ephemeralasnull issensitive nonsensitive sensitive tobool tolist tomap tonumber toset tostring try"""

from __future__ import annotations

from declarative_mail.diagnostics import Diagnostic, DiagnosticError
from declarative_mail.language.convert import ConversionError, convert, convertible
from declarative_mail.language.functions.arguments import without_mark
from declarative_mail.language.functions.model import Deferred, Function, FunctionError, Parameter
from declarative_mail.language.marks import contains_sensitive, is_sensitive
from declarative_mail.language.marks import sensitive as mark_sensitive
from declarative_mail.language.sets import quoted
from declarative_mail.language.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    SetType,
    Type,
    friendly_name,
    type_of,
)
from declarative_mail.language.values import Marked, Unknown, Value, is_wholly_known
from declarative_mail.records import replace

_HINTS = {
    BOOL: 'only the strings "true" or "false" are allowed',
    NUMBER: "given string must be a decimal representation of a number",
}


def _conversion(name: str, wanted: Type, *, help_: str, example: str) -> Function:
    def returns(v: Value) -> Type:
        given = type_of(v)
        if given != wanted and not convertible(given, wanted):
            raise _not_convertible(friendly_name(given), wanted)
        return wanted

    def impl(v: Value) -> Value:
        try:
            return convert(v, wanted)
        except ConversionError:
            raise _conversion_fault(v, wanted) from None

    return Function(
        name=name,
        parameters=(_any_value("v"),),
        returns=returns,
        category="conversion",
        help=help_,
        example=example,
        impl=impl,
        may_be_null=True,
    )


def _not_convertible(what: str, wanted: Type, hint: str = "") -> FunctionError:
    return FunctionError(0, f"cannot convert {what} to {friendly_name(wanted, constraint=True)}{hint and f'; {hint}'}")


def _conversion_fault(value: Value, wanted: Type) -> FunctionError:
    """What is wrong with a value of a type that could have been converted; a sensitive one is not shown."""
    given = friendly_name(type_of(value))
    if contains_sensitive(value):
        return _not_convertible(f"this sensitive {given}", wanted)
    bare = without_mark(value)
    if isinstance(bare, str) and wanted in _HINTS:
        return _not_convertible(quoted(bare), wanted, _HINTS[wanted])
    return _not_convertible(given, wanted)


def _any_value(name: str) -> Parameter:
    return Parameter(name, DYNAMIC, allow_null=True, allow_unknown=True, allow_marked=True, allow_dynamic=True)


def sensitive(value: Value) -> Value:
    """The value, marked."""
    return mark_sensitive(value)


def nonsensitive(value: Value) -> Value:
    """The value without its own mark; what is in it stays sensitive where it is."""
    if not isinstance(value, Marked):
        return value
    return replace(value, sensitive=False, source="") if value.address else value.value


def issensitive(value: Value) -> Value:
    """Whether the value itself is marked; of an unknown one that may come to be."""
    if is_sensitive(value):
        return True
    return Unknown(BOOL) if isinstance(without_mark(value), Unknown) else False


def attempt(*expressions: Deferred) -> Value:
    """The first expression that has a value; not decided while a part of it is not known."""
    if not expressions:
        raise FunctionError(None, "at least one argument is required")
    faults: list[Diagnostic] = []
    for one in expressions:
        try:
            value = one.evaluate()
        except DiagnosticError as error:
            faults.extend(error.diagnostics)
        else:
            return value if is_wholly_known(value) else Unknown(DYNAMIC)
    found = "\n".join(_described(fault) for fault in faults)
    raise FunctionError(
        None, f"no expression succeeded:\n{found}\n\nAt least one expression must produce a successful result"
    )


def _described(fault: Diagnostic) -> str:
    where = f" (at {fault.primary.span})" if fault.primary else ""
    return f"- {fault.code.summary}{where}\n  {fault.detail}"


def can(expression: Deferred) -> Value:
    """Whether the expression has a value; not decided while a part of it is not known."""
    try:
        value = expression.evaluate()
    except DiagnosticError:
        return False
    return True if is_wholly_known(value) else Unknown(BOOL)


FUNCTIONS = (
    Function(
        name="can",
        parameters=(Parameter("expression", DYNAMIC, lazy=True),),
        returns=BOOL,
        category="conversion",
        help="Whether an expression can be evaluated without an error.",
        example="can(var.team.lead.email)",
        impl=can,
        may_be_null=True,
    ),
    Function(
        name="ephemeralasnull",
        parameters=(_any_value("value"),),
        returns=type_of,
        category="conversion",
        help="The value with all that is ephemeral in it replaced by null; nothing here is ever ephemeral.",
        example='ephemeralasnull("a")',
        impl=lambda value: value,
        may_be_null=True,
    ),
    Function(
        name="issensitive",
        parameters=(_any_value("value"),),
        returns=BOOL,
        category="conversion",
        help="Whether a value is sensitive.",
        example='issensitive(sensitive("secret"))',
        impl=issensitive,
        may_be_null=True,
    ),
    Function(
        name="nonsensitive",
        parameters=(_any_value("value"),),
        returns=type_of,
        category="conversion",
        help="The value without its sensitive mark: it will be shown and stored.",
        example='nonsensitive(sensitive("not so secret"))',
        impl=nonsensitive,
        may_be_null=True,
    ),
    Function(
        name="sensitive",
        parameters=(_any_value("value"),),
        returns=type_of,
        category="conversion",
        help="The value marked as sensitive: it is never shown.",
        example='sensitive("secret")',
        impl=sensitive,
        may_be_null=True,
    ),
    _conversion("tobool", BOOL, help_="The value as a bool.", example='tobool("true")'),
    _conversion("tolist", ListType(DYNAMIC), help_="The value as a list.", example='tolist(["a", "b", 3])'),
    _conversion("tomap", MapType(DYNAMIC), help_="The value as a map.", example="tomap({ a = 1, b = 2 })"),
    _conversion("tonumber", NUMBER, help_="The value as a number.", example='tonumber("1")'),
    _conversion("toset", SetType(DYNAMIC), help_="The value as a set.", example='toset(["a", "b", "a"])'),
    _conversion("tostring", STRING, help_="The value as a string.", example="tostring(1)"),
    Function(
        name="try",
        variadic=Parameter("expressions", DYNAMIC, lazy=True),
        returns=DYNAMIC,
        category="conversion",
        help="The first of several expressions that can be evaluated without an error.",
        example='try(var.team.lead.email, "nobody@example.com")',
        impl=attempt,
        may_be_null=True,
    ),
)
