"""From the last words of a log to a cause."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from harness.doctor import causes
from harness.doctor.causes.cause import Cause
from harness.redact import redact

LINES_MAX = 80  # A Python traceback of a deep library has about 60.
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Translated:
    """What a log says: the cause's id, its words, what to do, the line that says it; the host, port or name in it, if any."""

    id: str
    says: str
    fix: str
    line: str
    at: int
    host: str = ""
    port: str = ""
    name: str = ""


@cache
def all_causes() -> tuple[Cause, ...]:
    """Every cause: each file of `harness/doctor/causes/` that defines `CAUSES`."""
    found: list[Cause] = []
    for info in pkgutil.iter_modules(causes.__path__):
        module = importlib.import_module(f"{causes.__name__}.{info.name}")
        found += getattr(module, "CAUSES", ())
    return tuple(found)


def translated(log: Sequence[str]) -> Translated | None:
    """What the log's end says; the line that names most, and of those the last. None where no line is known."""
    best: tuple[int, int, Translated] | None = None
    for weight, meaning in _meanings(log):
        if best is None or (weight, meaning.at) >= best[:2]:
            best = (weight, meaning.at, meaning)
    return best[2] if best else None


def _meanings(log: Sequence[str]) -> Iterator[tuple[int, Translated]]:
    first = max(0, len(log) - LINES_MAX)
    for at, line in enumerate(log[first:], first):
        for cause in all_causes():
            groups = next(
                (match.groupdict() for each in cause.patterns if (match := each.search(line))), None
            )
            if groups is not None:
                yield cause.weight, _told(cause, groups, line, at)
                break


def _told(cause: Cause, groups: dict[str, str | None], line: str, at: int) -> Translated:
    named = {name: redact(value or "") for name, value in groups.items()}
    words = _Named(named)
    return Translated(
        cause.id,
        cause.says.format_map(words).rstrip(": "),
        cause.fix.format_map(words),
        shown(line),
        at,
        named.get("host", ""),
        named.get("port", ""),
        named.get("name", ""),
    )


class _Named(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"the {key} that it names" if key != "what" else ""


def shown(line: str) -> str:
    """A line of a log as evidence: without secrets, and not longer than a person reads."""
    text = redact(" ".join(line.split()))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def last_words(log: Sequence[str], count: int = 3) -> tuple[str, ...]:
    """The last lines that hold anything."""
    return tuple(shown(line) for line in [each for each in log if each.strip()][-count:])
