"""The faults of one text, collected, and words for a piece that does not follow the grammar."""

from __future__ import annotations

import re

from declarative_mail.diagnostics import Code, Diagnostic, Label, Source, Span
from declarative_mail.diagnostics.codes import syntax as codes
from declarative_mail.language import lexical
from declarative_mail.language.clear_secrets import named_like_secret
from declarative_mail.language.lexical import line_end
from declarative_mail.language.parse_frame import BODY, FILE, FOR, OBJECT, SEQUENCE, TUPLE, Frame
from declarative_mail.language.parse_misfit import NESTED_SPLAT, MisfitError

MAX_FAULTS = 20
"""How many faults of one text are told: what follows the twentieth is as a rule a consequence of it."""

_SETTING = re.compile(r"(?<![\w-])([\w-]++)\"?\s*+[=:]\s*")
_BRACE_ON_NEXT_LINE = re.compile(r"[ \t\r]*\n\s*\{")


class TooManyFaultsError(Exception):
    """Enough has been found; reading stops."""


class Faults:
    """What is wrong with one text."""

    def __init__(self, source: Source) -> None:
        self.found: list[Diagnostic] = []
        self._source = source

    def report(
        self, code: Code, detail: str, start: int, end: int, *related: tuple[int, int, str], near: str | None = None
    ) -> None:
        """Note a fault at a range; `related` are further ranges with what is to be said of each, `near` a suggestion.

        Raises:
            TooManyFaultsError: it is the last that is told.
        """
        labels = tuple(Label(Span(self._source, one, other), text) for one, other, text in related)
        hidden = self._secrets(start, *(one for one, _, _ in related))
        self.found.append(Diagnostic(code, detail, Label(Span(self._source, start, end)), labels + hidden, help=near))
        if len(self.found) >= MAX_FAULTS:
            raise TooManyFaultsError

    def _secrets(self, *offsets: int) -> tuple[Label, ...]:
        """What must not be shown of the lines around a fault: a value that is set to something named like a secret."""
        found: dict[int, Label] = {}
        text = self._source.text
        for offset in offsets:
            start, end = text.rfind("\n", 0, offset) + 1, line_end(text, offset)
            for match in _SETTING.finditer(text, start, end):
                if named_like_secret(match[1]) and match.end() < end:
                    found[start] = Label(Span(self._source, match.end(), end), "", secret=True)
                    break
        return tuple(found.values())

    def explain(self, frame: Frame, rule: str, misfit: MisfitError) -> None:
        """Report that the piece in hand does not follow the grammar."""
        if (
            frame.spans
            and misfit.index == len(frame.spans)
            and _BRACE_ON_NEXT_LINE.match(self._source.text, frame.spans[-1][1])
        ):
            return  # the brace, a piece of its own, tells
        code, detail = _Explanation(self._source, frame, rule, misfit).words()
        if misfit.index < len(frame.spans):
            start, end = frame.spans[misfit.index]
        else:
            start = _next(self._source.text, frame.spans[-1][1] if frame.spans else frame.start + len(frame.closer))
            end = min(start + 1, len(self._source.text))
        self.report(code, detail, start, end)


def _next(text: str, start: int) -> int:
    """Where the next character stands that is no space."""
    while text[start : start + 1] in (" ", "\t"):
        start += 1
    return start


class _Explanation:
    """One piece, the place in it where it goes wrong, and what could have stood there."""

    def __init__(self, source: Source, frame: Frame, rule: str, misfit: MisfitError) -> None:
        self._source = source
        self._role = frame.role
        self._spans = frame.spans
        self._kinds = "".join(frame.kinds)
        self._rule = rule
        self._misfit = misfit
        self._at = misfit.index
        self._kind = self._kinds[self._at : self._at + 1]

    def words(self) -> tuple[Code, str]:
        """The kind of fault and its detail."""
        if self._misfit.reason == NESTED_SPLAT:
            detail = "A `.*` cannot follow another one. Write the full form for nested lists, as in `list[*].items[*]`."
            return codes.INVALID_EXPRESSION, detail
        if self._rule == "K" or (self._rule == "A" and self._at == 0):
            return self._block()
        if self._role == FOR or (self._role == SEQUENCE and lexical.FOR in self._kinds):
            return self._for()
        if self._rule == "E" and not self._after_separator():
            return self._key()
        if self._wants_value():
            return codes.INVALID_EXPRESSION, f"Expected a value after {self._previous()}, found {self._found()}."
        return self._surplus()

    def _block(self) -> tuple[Code, str]:
        kinds, at = self._kinds, self._at
        if self._kind == lexical.BODY:
            return codes.INVALID_BLOCK, "The opening brace of a block stands on the line of its type and labels."
        if at == 0:
            quoted = self._kind in (lexical.STRING, lexical.ESCAPED, lexical.VALUE)
            why = "The name of an argument or of a block type is not quoted." if quoted else f"Found {self._found()}."
            return codes.INVALID_ITEM, f"Expected an argument (`name = value`) or a block (`type {{`) here. {why}"
        if lexical.BODY in kinds[:at]:
            return codes.MISSING_NEWLINE, f"A block ends with its line: put {self._found()} on a line of its own."
        if self._kind == lexical.EQUALS:
            return codes.INVALID_BLOCK, (
                "An equals sign cannot follow the labels of a block. "
                "Leave it out to open a block; an argument has no labels: `name = value`."
            )
        if at == len(kinds) and at > 1:
            return codes.INVALID_BLOCK, (
                "A block has a body in braces, and the opening brace stands on the line of its type. Add `{` here."
            )
        if at == 1 and self._kind != lexical.VALUE:
            name = self._text(0)
            return codes.INVALID_ITEM, (
                f"Expected `=` or `{{` after `{name}`, found {self._found()}. "
                f"To set an argument, write `{name} = value`; to open a block, write `{name} {{`."
            )
        return codes.INVALID_BLOCK, (
            f"Expected a label or the opening brace of the block, found {self._found()}. "
            "A label is a name, or a quoted string without template sequences."
        )

    def _for(self) -> tuple[Code, str]:
        expected = self._misfit.expected
        if "IN" in expected:
            what = "`in` and what to go through, as in `for item in list`"
        elif lexical.IN not in self._kinds[: self._at] and "NAME" in expected:
            what = "a name for the element in hand"
        elif self._wants_value():
            what = "a value"
        elif "COLON" in expected and "FOR_OBJECT_ARROW" not in expected:
            what = "`:` and the result"
        elif "FOR_OBJECT_ARROW" in expected:
            what = "`=>` and a value, since an object is built: `{for item in list : key => value}`"
        elif self._kind == lexical.OPERATORS["=>"]:
            return codes.INVALID_FOR, (
                "A list is built here, and its elements have no keys. Leave out the key, or use braces for an object."
            )
        elif self._kind == lexical.ELLIPSIS:
            return codes.INVALID_FOR, "Grouping with `...` is for objects only: the values of one key become a list."
        else:
            what = "the end of the for expression"
        return codes.INVALID_FOR, f"Expected {what} after {self._previous()}, found {self._found()}."

    def _key(self) -> tuple[Code, str]:
        if self._wants_value() and self._at:
            return codes.INVALID_EXPRESSION, f"Expected a value after {self._previous()}, found {self._found()}."
        if not self._at:
            return codes.INVALID_EXPRESSION, f"Expected the key of an element, found {self._found()}."
        return codes.INVALID_EXPRESSION, (
            f"Expected `=` and a value after the key, found {self._found()}. A key with spaces in it must be quoted."
        )

    def _surplus(self) -> tuple[Code, str]:
        """The piece could have ended where something more stands, or must be closed first."""
        found = self._found()
        if self._kind == lexical.DOT or self._previous_kind() == lexical.DOT:
            return codes.INVALID_EXPRESSION, f"Expected the name of an attribute after the dot, found {found}."
        if self._role in (FILE, BODY) and self._could_end():
            if self._kind == lexical.COMMA:
                return codes.MISSING_NEWLINE, "Arguments are separated by line breaks, not by commas."
            return codes.MISSING_NEWLINE, f"An argument ends with its line. Found {found} after its value."
        if self._role == TUPLE and self._could_end():
            return codes.MISSING_SEPARATOR, f"Expected a comma or `]` after {self._previous()}, found {found}."
        if self._role == OBJECT and self._could_end():
            detail = f"Expected a comma, a line break or `}}` after {self._previous()}, found {found}."
            return codes.MISSING_SEPARATOR, detail
        if self._role == SEQUENCE and self._could_end():
            return codes.INVALID_EXPRESSION, (
                f"Expected `}}` after {self._previous()}, found {found}. "
                "If this is not meant as a template, double the first character: `$${` or `%%{`."
            )
        return codes.INVALID_EXPRESSION, f"Expected {self._wanted()} after {self._previous()}, found {found}."

    def _could_end(self) -> bool:
        return bool(self._misfit.expected & {"$END", "RBRACE"}) or not self._misfit.expected

    def _wanted(self) -> str:
        names = [word for terminal, word in _TERMINAL_WORDS.items() if terminal in self._misfit.expected]
        return " or ".join(names) or "an operator or the end of the expression"

    def _wants_value(self) -> bool:
        return {"NAME", "LSQB", "DBLQUOTE"} <= self._misfit.expected

    def _after_separator(self) -> bool:
        return any(separator in self._kinds[: self._at] for separator in "=:")

    def _previous_kind(self) -> str:
        return self._kinds[self._at - 1 : self._at]

    def _previous(self) -> str:
        if not self._at:
            return "this"
        return "the value" if self._previous_kind() in lexical.VALUE_ENDS else f"`{self._text(self._at - 1)}`"

    def _found(self) -> str:
        if not self._kind:
            return "the end of the line" if self._role in (FILE, BODY) else "the end of the expression"
        if self._kind == lexical.BODY:
            return "a block body"
        text = self._text(self._at)
        if self._kind == lexical.VALUE or "\n" in text:
            return f"a value that begins with `{text[:1]}`"
        return "a string" if self._kind in (lexical.STRING, lexical.ESCAPED) else f"`{text}`"

    def _text(self, index: int) -> str:
        text = self._source.text[slice(*self._spans[index])]
        return text if len(text) <= 40 else text[:37] + "..."


_TERMINAL_WORDS = {
    "RPAR": "a comma or `)`",
    "RSQB": "`]`",
    "COLON": "`:` and the value for the other case",
    "LPAR": "`(`",
}
