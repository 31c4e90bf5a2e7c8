"""What a token looks like: the alphabet of token kinds, the patterns that find them, and what their text stands for.

A kind is one character, so that a piece of a file is known by a short string: ``size = 3`` is ``N=0``. Patterns follow
the HCL native syntax specification, section "Lexical Elements", and Terraform's scanner where that is silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import is_normalized, normalize

from declarative_mail.language.numeric import Number, NumberRangeError, parse_number

WORD, NUMBER, STRING, ESCAPED, VALUE, BODY, INVALID = "N", "0", "s", "e", "G", "B", "I"
"""A name; a number; a quoted string without and with escapes; a finished bracketed value; a finished body; rubbish."""

TRUE, FALSE, NULL, FOR, IN, IF, ELSE, ENDIF, ENDFOR = "t", "u", "n", "f", "i", "c", "x", "y", "z"
EQUALS, COMMA, DOT, NEGATIVE, NOT, SCOPE, ELLIPSIS, STAR_SPLAT, FULL_SPLAT = "=", ",", ".", "m", "!", "W", "X", "P", "Q"
INTERPOLATION, DIRECTIVE, SEQUENCE_END, NEWLINE = "$", "T", "}", ";"

CONSTANTS = {"true": TRUE, "false": FALSE, "null": NULL}
DIRECTIVES = {"if": IF, "for": FOR, "else": ELSE, "endif": ENDIF, "endfor": ENDFOR}
OPERATORS = {"==": "E", "!=": "D", "<=": "L", ">=": "M", "&&": "&", "||": "|", "=>": "A", "...": ELLIPSIS, "::": SCOPE}
OPERATORS |= {symbol: symbol for symbol in "+-*/%<>?:!.,"}
SYMBOLS = {kind: symbol for symbol, kind in OPERATORS.items()} | {
    EQUALS: "=",
    NEGATIVE: "-",
    STAR_SPLAT: ".*",
    FULL_SPLAT: "[*]",
}
VALUE_ENDS = frozenset(WORD + NUMBER + STRING + ESCAPED + VALUE + TRUE + FALSE + NULL + ")]" + STAR_SPLAT + FULL_SPLAT)
"""Kinds after which an expression may be over.

A bracket that follows is a call or an index, a minus is a subtraction.
"""

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space, which strip markers and heredocs go by.

`str.strip()` takes the ASCII separators 1C to 1F as well.
"""

(
    WORD_GROUP,
    STRING_GROUP,
    NEWLINE_GROUP,
    LAST_COMMENT_GROUP,
    HEREDOC_GROUP,
    COMMENT_GROUP,
    EQUALS_GROUP,
    OPERATOR_GROUP,
    NUMBER_GROUP,
    OPEN_GROUP,
    CLOSE_GROUP,
    QUOTE_GROUP,
    OTHER_GROUP,
) = range(1, 14)

# Python before 3.11.5 goes wrong with a possessive repeat of a group, `(?:…)*+`, where a round fails after it has begun
# (python/cpython 106052). So only single characters are repeated possessively, and each round has one way to match.
_COMMENT = r"(?:[#]|//)[^\n]*+"
_NAME = r"[^\W\d][\w-]*"
AFTER_POINT = r"[0-9]|[eE][+-]?[0-9]"
"""What makes a point behind a number part of it."""
NUMERAL = rf"[0-9](?:[0-9]|\.+(?={AFTER_POINT})|[eE][+-]?[0-9])*"
TOKEN = re.compile(
    rf"""[ \t]*+(?:
    ([a-zA-Z_][a-zA-Z0-9_-]*+(?![^\x00-\x7f]))
    |("[^"\\$%\r\n]*")
    |((?:{_COMMENT})?\r?\n(?:[ \t]*(?:{_COMMENT})?\r?\n)*)
    |({_COMMENT}\Z)
    |(<<-?{_NAME}\r?\n)
    |(/\*)
    |(=(?![=>]))
    |(==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|[,.+*/%<>?:!-])
    |({NUMERAL})
    |([(\[{{])
    |([)\]}}]|~\}})
    |(")
    |([\s\S])
    |\Z)""",
    re.VERBOSE,
)
"""One token outside of templates, after spaces.

A run of line breaks, blank lines and comments to the end of a line is one.
"""

_QUOTED = r'(?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))'
ESCAPED_STRING = re.compile(rf'"{_QUOTED}*"')
"""A quoted string with escapes and without template sequences."""

_BARE = r"[^$%\r\n]++|\$\$\{|%%\{|\$(?!\{)|%(?!\{)"
_SEQUENCE_OR_OTHER = r"(\$\{~?)|(%\{~?)|([\s\S])"
QUOTED_PART = re.compile(rf"({_QUOTED}+)|{_SEQUENCE_OR_OTHER}")
LINE_PART = re.compile(rf"((?:{_BARE}|\r(?=\n))*\n|(?:{_BARE})+)|{_SEQUENCE_OR_OTHER}")
"""A part of a quoted template, and of a line of a heredoc or a bare template."""

LITERAL_GROUP, INTERPOLATION_GROUP, DIRECTIVE_GROUP, STRAY_GROUP = range(1, 5)

SPLAT = re.compile(r"\[[ \t]*\*[ \t]*\]")
SCOPED_NAME = re.compile(rf"(?:[ \t]*::[ \t]*{_NAME})+")
DIRECTIVE_WORD = re.compile(rf"\s*({_NAME})")
_WHOLE_COMMENT = rf"{_COMMENT}|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*/"
FOR_AHEAD = re.compile(rf"(?:\s|{_WHOLE_COMMENT})*for(?![\w-])")
CALL_AHEAD = re.compile(rf"(?:\s|{_WHOLE_COMMENT})*\(")
TOP_LEVEL_LINE = re.compile(rf"^{_NAME}(?:[ \t]+(?:\"[^\"\n]*\"|{_NAME}))*[ \t]*\{{", re.MULTILINE)
"""A line that looks like the head of a top-level block: where reading goes on after a bracket that was never closed."""

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|[\s\S])|\$\$\{|%%\{")
_SIMPLE = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


def nfc(text: str) -> str:
    """The text in Unicode normalisation form C, which is what every string value is in."""
    return text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)


def unescape(text: str, report: Callable[[int, str], None]) -> str:
    """What the inside of a quoted string stands for.

    Args:
        text: what stands between the quotes, or a part of it.
        report: told the offset in `text` and the spelling of each sequence that is not an escape; it is left as it is.
    """

    def decode(match: re.Match[str]) -> str:
        sequence = match[0]
        value = _SIMPLE.get(sequence) or _code_point(sequence)
        if value is None:
            report(match.start(), sequence)
            return sequence
        return value

    return _ESCAPE.sub(decode, text)


def _code_point(sequence: str) -> str | None:
    """The character of a complete escape by number that can be encoded, else None."""
    marker, digits = sequence[1:2], sequence[2:]
    if marker not in ("u", "U") or len(digits) != (4 if marker == "u" else 8):
        return None
    number = int(digits, 16)
    return None if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number)


def unescape_line(text: str) -> str:
    """What literal text of a heredoc or a bare template stands for: only ``$${`` and ``%%{`` are escapes there."""
    return text.replace("$${", "${").replace("%%{", "%{")


def number_value(text: str) -> Number | None:
    """The value of a number literal, or None where the text is not a number (``1.2.3``) or out of all range."""
    try:
        return parse_number(text)
    except NumberRangeError:
        return None


def identifier_end(text: str, start: int) -> int:
    """Where the identifier that starts here ends; `start` itself where none does. Letters of any script count."""
    if not text[start : start + 1].isidentifier():
        return start
    end = start + 1
    while end < len(text) and (text[end] == "-" or ("a" + text[end]).isidentifier()):
        end += 1
    return end


def stray_end(text: str, start: int) -> int:
    """Where something that is not HCL ends: a string in the wrong quotes as a whole, else one character."""
    quote = text[start]
    if quote in "'`":
        end = text.find(quote, start + 1)
        if end > 0 and "\n" not in text[start:end]:
            return end + 1
    return start + 1


def line_end(text: str, start: int) -> int:
    """Where the line of an offset ends, before its line break."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if end > start and text[end - 1] == "\r" else end
