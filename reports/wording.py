"""How figures and verdicts read: three significant digits, units written out, a symbol beside every word.

What cannot be known is a `Missing`, which carries its reason: it is never shown as zero.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.verdict import Word

SYMBOLS: Mapping[Word, str] = {"holds": "✓", "violated": "✕", "unknown": "?", "n/a": "·"}
WORST_FIRST: tuple[Word, ...] = ("violated", "unknown", "holds", "n/a")


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that cannot be known: a short word for its place, and the reason in a sentence."""

    word: str
    why: str


Value = str | int | float | Missing


def number(value: float) -> str:
    """The value with three significant digits and grouped thousands; below 1 it is cut, so that 0.9999 is not 1."""
    if value == 0:
        return "0"
    size = abs(value)
    if size < 0.001:
        return "<0.001" if value > 0 else ">-0.001"
    if size < 1:
        return share(value)
    decimals = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{value:,.{decimals}f}"


def share(value: float) -> str:
    """A share of 1 with three decimals, cut and not rounded, so that 0.9899 never reads as 0.99."""
    return f"{math.trunc(round(value * 1000, 6)) / 1000:.3f}"


def count(value: int) -> str:
    """A count with its thousands grouped."""
    return f"{value:,}"


def seconds(value: float) -> str:
    """A duration for reading: `4.2 s`, `1 min 30 s`."""
    if value < 60:
        return f"{number(value)} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def moment(text: str) -> str:
    """A time of ISO 8601 for reading, to the minute; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at:%Y-%m-%d %H:%M} {at.tzname() or ''}".rstrip()


def plural(amount: int, noun: str) -> str:
    """The amount with its noun: `1 check`, `1,200 checks`."""
    return f"{count(amount)} {noun}{'' if amount == 1 else 's'}"


def worst(words: Iterable[Word]) -> Word:
    """The word that matters most among several: violated, unknown, holds, n/a."""
    seen = set(words)
    return next((word for word in WORST_FIRST if word in seen), "n/a")


def calm(text: str) -> str:
    """The text without what moves a terminal's cursor, turns its letters round or hides them: each of these is shown as U+FFFD."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in text)


def shortened(text: str, letters_max: int) -> str:
    """The text in one line of at most so many letters; what was cut is an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= letters_max else line[: letters_max - 1].rstrip() + "…"


def listed(names: Iterable[str], names_max: int) -> str:
    """The names with commas; beyond `names_max` only how many more there are."""
    all_names = list(names)
    more = len(all_names) - names_max
    if more <= 0:
        return ", ".join(all_names)
    return f"{', '.join(all_names[:names_max])} and {more} more"
