"""What a function of the language is, what it may ask of the world, and how one is called.

`call_function` does what every caller needs around an implementation: it counts and converts the arguments, refuses
null, answers an unknown argument with an unknown of the return type, and carries marks from the arguments to the
result. An implementation therefore sees plain known values unless a `Parameter` says that it copes with more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Literal, TypeAlias

from msgspec import Struct

from declarative_mail.diagnostics import Code, DiagnosticError
from declarative_mail.diagnostics.codes.functions import (
    CALL_FAILED,
    INVALID_ARGUMENT,
    NOT_ENOUGH_ARGUMENTS,
    RESULT_TOO_LARGE,
    TOO_MANY_ARGUMENTS,
)
from declarative_mail.language.convert import ConversionError, convert
from declarative_mail.language.lexical import nfc
from declarative_mail.language.limits import ExcessError, check_size
from declarative_mail.language.marks import Marks, unmark_deep, with_marks
from declarative_mail.language.syntax import Expression
from declarative_mail.language.types import DYNAMIC, Type, type_of
from declarative_mail.language.values import (
    ListValue,
    MapValue,
    Marked,
    SetValue,
    Unknown,
    Value,
    is_known,
    is_null,
)
from declarative_mail.records import replace

MAX_TEXT = 2**24
"""Characters that the result of one call may have: far above any real use, and small enough to stay alive."""
MAX_ITEMS = 2**20
"""Elements that a collection which comes out of one call may have."""

NOT_SHOWN = "an argument is sensitive, so that what is wrong with it is not shown"

Category: TypeAlias = Literal[
    "numeric", "string", "collection", "encoding", "filesystem", "datetime", "crypto", "network", "conversion", "secret"
]
FileKind: TypeAlias = Literal["file", "directory", "other", "absent"]


class FunctionError(Exception):
    """A call that cannot be done.

    Args:
        argument: the index of the argument at fault, None where it is the call as a whole.
        message: what is wrong, beginning with a small letter and without a full stop.
        code: the kind of fault, where it is another than the two that follow from `argument`.
        safe: the message holds nothing of the arguments but their types, so that it can be shown if they are sensitive.
    """

    def __init__(self, argument: int | None, message: str, *, code: Code | None = None, safe: bool = False) -> None:
        super().__init__(message)
        self.safe = safe
        self.argument = argument
        self.message = message
        self.code = code or (CALL_FAILED if argument is None else INVALID_ARGUMENT)

    def detail(self, function: Function) -> str:
        """The sentence for a diagnostic."""
        if self.code in (NOT_ENOUGH_ARGUMENTS, TOO_MANY_ARGUMENTS):
            return f"{self.message}."
        if self.argument is None:
            return f'Call to function "{function.name}" failed: {self.message}.'
        return f'Invalid value for "{function.parameter(self.argument).name}" parameter: {self.message}.'


class Deferred(Struct, frozen=True):
    """An argument that is not evaluated yet, for the functions that decide whether it is.

    Args:
        expression: the syntax of the argument.
        evaluate: its value; raises `DiagnosticError` where it has none.
    """

    expression: Expression
    evaluate: Callable[[], Value]


Argument: TypeAlias = Value | Deferred


class Completed(Struct, frozen=True):
    """How a command ended: its exit status, and what it wrote to standard output and standard error."""

    status: int
    output: bytes
    errors: bytes = b""


class CallContext(Struct, frozen=True, kw_only=True):
    """All that functions learn of the world outside their arguments.

    Args:
        base_dir: the absolute directory that relative paths start from.
        read_file: the bytes of an absolute path; raises `OSError`. Whoever supplies it may note which files were read.
        file_kind: what an absolute path is, links followed.
        list_directory: the names in an absolute directory; raises `OSError`.
        environment: the value of an environment variable, None where it is not set.
        run_command: runs an argument vector without a shell, from `base_dir`, for at most that many seconds; raises
            `OSError` where it cannot be started and `TimeoutError` where it took longer and was ended.
        random_bytes: that many bytes from a cryptographic source.
        now: the time of this run, with its zone.
        render_template: renders a template (text, name for messages, variables, and the function that asks, which is
            to be the `inside` of the context of calls in the template); raises `DiagnosticError`, or `FunctionError`
            where the variables do not fit.
        inside: ``templatefile`` or ``templatestring`` while its template is rendered; both are refused there, and the
            latter reads no files.
        unknown_at_plan: `timestamp`, `uuid` and `bcrypt` give unknown values.
        without_secrets: `env`, `secret_file` and `secret_command` give unknown sensitive values and read nothing.
    """

    base_dir: str
    read_file: Callable[[str], bytes]
    file_kind: Callable[[str], FileKind]
    list_directory: Callable[[str], Iterable[str]]
    environment: Callable[[str], str | None]
    run_command: Callable[[Sequence[str], float], Completed]
    random_bytes: Callable[[int], bytes]
    now: datetime
    render_template: Callable[[str, str, Mapping[str, Value], str], Value]
    inside: Literal["", "templatefile", "templatestring"] = ""
    unknown_at_plan: bool = False
    without_secrets: bool = False


class Parameter(Struct, frozen=True):
    """One parameter, and which unusual arguments the implementation wants to see itself.

    Args:
        name: as Terraform names it.
        type: what an argument is converted to.
        allow_null: null is passed on instead of refused.
        allow_unknown: an unknown is passed on instead of making the result unknown.
        allow_marked: marks are passed on instead of being moved to the result.
        allow_dynamic: a value whose type is not known is passed on instead of making the result unknown.
        lazy: the implementation gets a `Deferred`.
    """

    name: str
    type: Type
    allow_null: bool = False
    allow_unknown: bool = False
    allow_marked: bool = False
    allow_dynamic: bool = False
    lazy: bool = False


class Function(Struct, frozen=True, kw_only=True):
    """One function.

    Args:
        name: what a configuration calls it.
        parameters: the positional parameters.
        variadic: what further arguments are, None where there may be none.
        returns: the return type, or what computes it from the arguments (which may be unknown, never marked unless
            allowed); it raises `FunctionError`.
        help: one line.
        example: one call, for the help.
        category: the heading under which it is listed.
        impl: gets the arguments by position and what `uses` names by keyword.
        uses: ``context`` for the `CallContext`, ``returns`` for the return type.
        may_be_null: the result can be null; where it is not known, that is open too.
        reads_files: it looks at files or other sources, which a template of ``templatestring`` must not.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    variadic: Parameter | None = None
    returns: Type | Callable[..., Type]
    help: str
    example: str
    category: Category
    impl: Callable[..., Value]
    uses: tuple[Literal["context", "returns"], ...] = ()
    may_be_null: bool = False
    reads_files: bool = False

    @property
    def lazy(self) -> bool:
        """Whether it wants its arguments as `Deferred`: all of them, `call_function` evaluates those that can be."""
        return any(one.lazy for one in self.parameters) or (self.variadic is not None and self.variadic.lazy)

    def parameter(self, index: int) -> Parameter:
        """The parameter that an argument belongs to."""
        if index < len(self.parameters) or self.variadic is None:
            return self.parameters[index]
        return self.variadic


def call_function(function: Function, arguments: Sequence[Argument], context: CallContext) -> Value:
    """Call a function.

    Args:
        function: the function.
        arguments: values, or `Deferred` for a function that is `Function.lazy`.
        context: the world.

    Raises:
        FunctionError: the arguments do not fit, or the function cannot be done with them.
        DiagnosticError: a lazy argument or a template has faults.
    """
    _check_count(function, len(arguments))
    _check_inside(function, context.inside)
    try:
        prepared = [_prepare(function, index, argument) for index, argument in enumerate(arguments)]
        plain, marks = _without_marks(function, prepared)
        secret = [index for index, found in enumerate(marks) if any(mark.sensitive for mark in found)]
        return with_marks(_call_discreetly(function, plain, context, secret=secret), chain.from_iterable(marks))
    except RecursionError:
        raise FunctionError(None, "a value is nested too deeply") from None


def _call_discreetly(
    function: Function, arguments: Sequence[Argument], context: CallContext, *, secret: Collection[int]
) -> Value:
    """Call a function, and keep what it says of the arguments that are sensitive to ourselves."""
    try:
        return _call_plain(function, arguments, context)
    except ConversionError as error:
        raise FunctionError(None, str(error), safe=True) from None
    except DiagnosticError:
        if not secret:
            raise
        raise FunctionError(None, NOT_SHOWN, safe=True) from None
    except FunctionError as error:
        if error.safe or not secret or (error.argument is not None and error.argument not in secret):
            raise
        raise FunctionError(error.argument, NOT_SHOWN, code=error.code, safe=True) from None


def _check_count(function: Function, given: int) -> None:
    wanted = len(function.parameters)
    if given < wanted:
        more = "at least " if function.variadic else ""
        missing = function.parameters[given].name
        message = f'Function "{function.name}" expects {more}{wanted} argument(s). Missing value for "{missing}"'
        raise FunctionError(None, message, code=NOT_ENOUGH_ARGUMENTS)
    if given > wanted and function.variadic is None:
        message = f'Function "{function.name}" expects only {wanted} argument(s), and {given} are given'
        raise FunctionError(wanted, message, code=TOO_MANY_ARGUMENTS)


def _check_inside(function: Function, inside: str) -> None:
    if not inside:
        return
    if function.name in ("templatefile", "templatestring"):
        raise FunctionError(None, f"cannot recursively call {function.name} from inside another template function")
    if inside == "templatestring" and function.reads_files:
        remedy = "consider passing the function result as a template variable instead"
        raise FunctionError(None, f"cannot use functions like {function.name} in templatestring templates; {remedy}")


def _prepare(function: Function, index: int, argument: Argument) -> Argument:
    parameter = function.parameter(index)
    if parameter.lazy:
        return argument
    value = argument.evaluate() if isinstance(argument, Deferred) else argument
    try:
        check_size(value)
        return convert(value, parameter.type)
    except ExcessError as error:
        raise FunctionError(index, f"the value is {error}", code=RESULT_TOO_LARGE, safe=True) from None
    except ConversionError as error:
        raise FunctionError(index, str(error)) from error


def _without_marks(function: Function, arguments: Sequence[Argument]) -> tuple[list[Argument], list[Marks]]:
    """The arguments in the form in which the implementation takes them, and the marks that were taken off each."""
    plain: list[Argument] = []
    marks: list[Marks] = []
    for index, argument in enumerate(arguments):
        if isinstance(argument, Deferred) or function.parameter(index).allow_marked:
            plain.append(argument)
            marks.append(())
            continue
        value, found = unmark_deep(argument)
        plain.append(value)
        marks.append(found)
    return plain, marks


def _call_plain(function: Function, arguments: Sequence[Argument], context: CallContext) -> Value:
    known = True
    for index, argument in enumerate(arguments):
        parameter = function.parameter(index)
        if isinstance(argument, Deferred):
            continue
        if is_null(argument) and not parameter.allow_null:
            raise FunctionError(index, "argument must not be null", safe=True)
        if not parameter.allow_dynamic and type_of(argument) == DYNAMIC:
            return Unknown(DYNAMIC)
        known = known and (parameter.allow_unknown or is_known(argument))
    returns = function.returns(*arguments) if callable(function.returns) else function.returns
    if not known:
        return _refined(Unknown(returns), function)
    offered: dict[str, object] = {"context": context, "returns": returns}
    result = _refined(function.impl(*arguments, **{name: offered[name] for name in function.uses}), function)
    _check_size(result)
    return result


def _refined(result: Value, function: Function) -> Value:
    """The result with what is certain of it: an unknown one is not null, a string is in normal form."""
    if isinstance(result, str):
        return nfc(result)
    if isinstance(result, Unknown) and not function.may_be_null and result.type != DYNAMIC:
        return replace(result, not_null=True)
    return result


def _check_size(result: Value) -> None:
    bare = result.value if isinstance(result, Marked) else result
    if isinstance(bare, str) and len(bare) > MAX_TEXT:
        raise too_large(len(bare), MAX_TEXT, "characters")
    items = bare.items if isinstance(bare, ListValue | SetValue | MapValue) else bare
    if isinstance(items, tuple | dict) and len(items) > MAX_ITEMS:
        raise too_large(len(items), MAX_ITEMS, "elements")


def too_large(size: int, limit: int, unit: str) -> FunctionError:
    """The fault of a call whose result would be larger than a run can stand."""
    message = f"the result would have {size} {unit}, more than the limit of {limit}"
    return FunctionError(None, message, code=RESULT_TOO_LARGE, safe=True)
