"""Variables of a compose file: `$NAME`, `${NAME}`, `${NAME:-default}` and their kin, and what gives them a value.

A value is known where a file gives it in plain words (`NAME=text`); what a shell would have to work out is given, but not
known.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Given = Mapping[str, str | None]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$")
_UNKNOWN = re.compile(r"[$`]")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a variable: its name, `operator` (`""`, `:-`, `-`, `:?`, `?`, `:+`, `+`) and what follows it."""

    name: str
    operator: str = ""
    word: str = ""

    @property
    def is_bare(self) -> bool:
        """Is an empty text put in where nothing gives the variable?"""
        return self.operator == ""


def assigned(text: str) -> dict[str, str | None]:
    """What an env file or a shell script sets; None for a value that only a shell knows."""
    found: dict[str, str | None] = {}
    for line in text.splitlines():
        if match := _ASSIGNED.match(line):
            name, value = match.groups()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            plain = value[1:-1] if quoted else value.split(" #")[0].strip()
            found[name] = None if _UNKNOWN.search(value) and not value.startswith("'") else plain
    return found


def uses(text: str) -> list[Use]:
    """Every variable of a text, those in defaults too."""
    found = []
    for piece in pieces(text):
        if isinstance(piece, Use):
            found.append(piece)
            found += uses(piece.word)
    return found


def filled(text: str, given: Given) -> str | None:
    """The text as compose would read it; None where that cannot be known.

    A variable that nothing gives is empty, as compose has it.
    """
    parts = [piece if isinstance(piece, str) else _value(piece, given) for piece in pieces(text)]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _value(use: Use, given: Given) -> str | None:
    value = given.get(use.name, "")
    present = use.name in given and (value != "" or not use.operator.startswith(":"))
    if use.operator.endswith("-") and not present:
        return filled(use.word, given)
    if use.operator.endswith("+"):
        return filled(use.word, given) if present else ""
    if use.operator.endswith("?") and not present:
        return None
    return value


def pieces(text: str) -> Iterator[str | Use]:
    """Plain text and variables, in order; `$$` is a plain dollar."""
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        yield text[at:dollar]
        after = dollar + 1
        if text.startswith("$", after):
            yield "$"
            at = after + 1
        elif text.startswith("{", after) and (match := _NAME.match(text, after + 1)):
            end = _closing(text, after)
            operator = _OPERATOR.match(text, match.end())
            word = text[operator.end() : end] if operator else ""
            yield Use(match[0], operator[0] if operator else "", word)
            at = end + 1
        elif match := _NAME.match(text, after):
            yield Use(match[0])
            at = match.end()
        else:
            yield "$"
            at = after
    yield text[at:]


def _closing(text: str, opening: int) -> int:
    """Where the brace that opens there is closed; the text's end where it is not."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return len(text)
