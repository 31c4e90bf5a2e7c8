"""Functions of strings alone: cutting, joining, trimming, searching, upper and lower case."""

from __future__ import annotations

from declarative_mail.language.functions import casing
from declarative_mail.language.functions.arguments import elements, whole_number
from declarative_mail.language.functions.graphemes import cluster_count, clusters
from declarative_mail.language.functions.model import MAX_TEXT, Function, FunctionError, Parameter, too_large
from declarative_mail.language.lexical import SPACES
from declarative_mail.language.numeric import Number
from declarative_mail.language.types import BOOL, NUMBER, STRING, ListType
from declarative_mail.language.values import ListValue, Unknown, Value, is_wholly_known


def chomp(text: str) -> Value:
    """The string without line ends at its end."""
    return text.rstrip("\r\n")


def ends_with(text: str, suffix: str) -> Value:
    """Whether the string ends with the suffix."""
    return text.endswith(suffix)


def starts_with(text: str | Unknown, prefix: str) -> Value:
    """Whether the string begins with the prefix; of a string that is not known yet its beginning may be."""
    if not isinstance(text, Unknown):
        return text.startswith(prefix)
    if text.prefix.startswith(prefix):
        return True
    return Unknown(BOOL) if prefix.startswith(text.prefix) else False


def contains(text: str, substr: str) -> Value:
    """Whether the substring stands anywhere in the string."""
    return substr in text


def indent(spaces: Number, text: str) -> Value:
    """The string with spaces after each line end."""
    count = whole_number(spaces)
    if count < 0:
        raise FunctionError(None, "the number of spaces must not be negative")
    size = len(text) + text.count("\n") * count
    if size > MAX_TEXT:
        raise too_large(size, MAX_TEXT, "characters")
    return text.replace("\n", "\n" + " " * count)


def join(separator: str, *lists: ListValue) -> Value:
    """The elements of all lists with the separator between them."""
    if not lists:
        raise FunctionError(None, "at least one list is required")
    if not all(map(is_wholly_known, lists)):
        return Unknown(STRING)
    words: list[str] = []
    for number, one in enumerate(lists, 1):
        words.extend(_words(one, number, of=f" of list {number}" if len(lists) > 1 else ""))
    size = sum(map(len, words)) + len(separator) * max(len(words) - 1, 0)
    if size > MAX_TEXT:
        raise too_large(size, MAX_TEXT, "characters")
    return separator.join(words)


def _words(words: ListValue, argument: int, *, of: str) -> list[str]:
    found = []
    for index, word in enumerate(elements(words)):
        if not isinstance(word, str):
            raise FunctionError(argument, f"element {index}{of} is null; cannot concatenate null values", safe=True)
        found.append(word)
    return found


def split(separator: str, text: str) -> Value:
    """The parts between the separators; an empty separator gives the code points."""
    return ListValue(tuple(text.split(separator) if separator else text), STRING)


def reverse_text(text: str) -> Value:
    """The characters in reverse order; what looks like one character stays one."""
    return "".join(reversed(clusters(text)))


def substring(text: str, offset: Number, length: Number) -> Value:
    """So many characters from the offset on; a negative offset counts from the end, a negative length takes all."""
    start, count = whole_number(offset), whole_number(length)
    if start >= 0 and count == 0:
        return ""
    pieces = clusters(text)
    if start < 0:
        start = max(start + len(pieces), 0)
    # Counting up to a length of zero never meets it: with a negative offset the rest of the string comes.
    return "".join(pieces[start:] if count <= 0 else pieces[start : start + count])


def trim(text: str, cutset: str) -> Value:
    """The string without any of the characters at its ends."""
    return text.strip(cutset)


def trim_prefix(text: str, prefix: str) -> Value:
    """The string without the prefix."""
    return text.removeprefix(prefix)


def trim_suffix(text: str, suffix: str) -> Value:
    """The string without the suffix."""
    return text.removesuffix(suffix)


def trim_space(text: str) -> Value:
    """The string without white space at its ends."""
    return text.strip(SPACES)


def text_length(text: str) -> int:
    """How many characters, as people see them, a string has."""
    return cluster_count(text)


_STR = Parameter("str", STRING)

FUNCTIONS = (
    Function(
        name="chomp",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The string without the line ends at its end.",
        example='chomp("hello\\n")',
        impl=chomp,
    ),
    Function(
        name="endswith",
        parameters=(_STR, Parameter("suffix", STRING)),
        returns=BOOL,
        category="string",
        help="Whether a string ends with a suffix.",
        example='endswith("hello world", "world")',
        impl=ends_with,
    ),
    Function(
        name="indent",
        parameters=(Parameter("spaces", NUMBER), _STR),
        returns=STRING,
        category="string",
        help="The string with spaces at the beginning of every line but the first.",
        example='indent(2, "[\\n  foo,\\n]")',
        impl=indent,
    ),
    Function(
        name="join",
        parameters=(Parameter("separator", STRING),),
        variadic=Parameter("lists", ListType(STRING)),
        returns=STRING,
        category="string",
        help="All elements of lists as one string, with a separator between them.",
        example='join("-", ["foo", "bar", "baz"])',
        impl=join,
    ),
    Function(
        name="lower",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The string in lower case.",
        example='lower("HELLO")',
        impl=casing.lower_case,
    ),
    Function(
        name="split",
        parameters=(Parameter("separator", STRING), _STR),
        returns=ListType(STRING),
        category="string",
        help="The parts of a string between separators.",
        example='split(",", "foo,bar,baz")',
        impl=split,
    ),
    Function(
        name="startswith",
        parameters=(Parameter("str", STRING, allow_unknown=True), Parameter("prefix", STRING)),
        returns=BOOL,
        category="string",
        help="Whether a string begins with a prefix.",
        example='startswith("hello world", "hello")',
        impl=starts_with,
    ),
    Function(
        name="strcontains",
        parameters=(_STR, Parameter("substr", STRING)),
        returns=BOOL,
        category="string",
        help="Whether a string holds another one.",
        example='strcontains("hello world", "wor")',
        impl=contains,
    ),
    Function(
        name="strrev",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The characters of a string in reverse order.",
        example='strrev("hello")',
        impl=reverse_text,
    ),
    Function(
        name="substr",
        parameters=(_STR, Parameter("offset", NUMBER), Parameter("length", NUMBER)),
        returns=STRING,
        category="string",
        help="Part of a string; a negative offset counts from the end, length -1 takes all that follows.",
        example='substr("hello world", 1, 4)',
        impl=substring,
    ),
    Function(
        name="title",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The string with the first letter of each word in upper case.",
        example='title("hello world")',
        impl=casing.title_case,
    ),
    Function(
        name="trim",
        parameters=(_STR, Parameter("cutset", STRING)),
        returns=STRING,
        category="string",
        help="The string without any of the given characters at its ends.",
        example='trim("?!hello?!", "!?")',
        impl=trim,
    ),
    Function(
        name="trimprefix",
        parameters=(_STR, Parameter("prefix", STRING)),
        returns=STRING,
        category="string",
        help="The string without a prefix, if it has it.",
        example='trimprefix("helloworld", "hello")',
        impl=trim_prefix,
    ),
    Function(
        name="trimspace",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The string without white space at its ends.",
        example='trimspace("  hello\\n\\n")',
        impl=trim_space,
    ),
    Function(
        name="trimsuffix",
        parameters=(_STR, Parameter("suffix", STRING)),
        returns=STRING,
        category="string",
        help="The string without a suffix, if it has it.",
        example='trimsuffix("helloworld", "world")',
        impl=trim_suffix,
    ),
    Function(
        name="upper",
        parameters=(_STR,),
        returns=STRING,
        category="string",
        help="The string in upper case.",
        example='upper("hello")',
        impl=casing.upper_case,
    ),
)
