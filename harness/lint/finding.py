"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from harness.lint.sources import Sources


class Spot(NamedTuple):
    """A place in a file; lines are counted from 1. Spots of one file sort by line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it stands."""

    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule saw at one place; `mend` where it knows better than its rule what would be right.

    `also` are further places of the same.
    """

    spot: Spot
    what: str
    mend: str = ""
    also: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that goes wrong: its id, why it hurts, how it is mended, and how it is found."""

    id: str
    why: str
    mend: str
    find: Callable[["Sources"], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is told of one thing that was found."""

    id: str
    file: str
    line: int
    what: str
    why: str
    mend: str
    also: tuple[Spot, ...] = ()


def gathered(found: Iterable[tuple[Spot, str]], say: Callable[[str], str]) -> Iterable[Found]:
    """Many places of one thing as one `Found` a file: `say` makes the words of all their names."""
    files: dict[str, list[tuple[Spot, str]]] = {}
    for spot, name in found:
        files.setdefault(spot.file, []).append((spot, name))
    for places in files.values():
        spots = sorted({spot for spot, _ in places})
        names = ", ".join(dict.fromkeys(name for _, name in places))
        yield Found(spots[0], say(names), also=tuple(spots[1:]))
