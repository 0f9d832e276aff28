"""Verdicts: what a check says, and how many of them make an exit code.

A verdict has more than two values, because what did not run, or could not be seen, is neither green nor red.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Word = Literal["holds", "violated", "unknown", "n/a"]
Overall = Literal["holds", "violated", "unknown"]

EXIT_HOLDS = 0
EXIT_VIOLATED = 1
EXIT_NOTHING_RAN = 5
EXIT_UNKNOWN = 6
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was to hold, and what came of it.

    `id` is stable, lower case and file-name safe; `subject` is what was judged (a node, a cell, a comp).
    `why` is never empty unless the verdict is "holds". `evidence` are paths inside the run's folder.
    """

    id: str
    subject: str
    verdict: Word
    why: str = ""
    expected: str = ""
    actual: str = ""
    evidence: tuple[str, ...] = ()
    repeat: str = ""
    seed: int | None = None

    @property
    def told(self) -> str:
        """Why, and what was expected and came, each on a line."""
        lines = (
            self.why,
            self.expected and f"expected: {self.expected}",
            self.actual and f"actual: {self.actual}",
        )
        return "\n".join(filter(None, lines))

    def as_json(self) -> dict[str, object]:
        """The verdict as a plain object, as `verdicts.json` holds it."""
        return asdict(self)


def holds(check: str, subject: str, why: str = "", *, expected: str = "", actual: str = "") -> Verdict:
    """The check ran and found what was promised."""
    return Verdict(check, subject, "holds", why, expected, actual)


def violated(check: str, subject: str, why: str, *, expected: str = "", actual: str = "") -> Verdict:
    """The check ran and found something else."""
    return Verdict(check, subject, "violated", why, expected, actual)


def unknown(check: str, subject: str, why: str, *, expected: str = "", actual: str = "") -> Verdict:
    """The check could not find out; `why` says what was missing."""
    return Verdict(check, subject, "unknown", why, expected, actual)


def not_applicable(check: str, subject: str, why: str) -> Verdict:
    """The check makes no sense for this subject; it is not counted."""
    return Verdict(check, subject, "n/a", why)


def counts(verdicts: Iterable[Verdict]) -> Mapping[Word, int]:
    """How many verdicts there are of each word."""
    tally: dict[Word, int] = {"holds": 0, "violated": 0, "unknown": 0, "n/a": 0}
    for each in verdicts:
        tally[each.verdict] += 1
    return tally


def overall(verdicts: Iterable[Verdict]) -> Overall:
    """The word for all together: violated over unknown over holds; nothing counted is unknown."""
    tally = counts(verdicts)
    if tally["violated"]:
        return "violated"
    return "holds" if tally["holds"] and not tally["unknown"] else "unknown"


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """What a command ends with: 0 all hold, 1 violated, 5 nothing ran, 6 unknown."""
    tally = counts(verdicts)
    if tally["violated"]:
        return EXIT_VIOLATED
    if tally["unknown"]:
        return EXIT_UNKNOWN
    return EXIT_HOLDS if tally["holds"] else EXIT_NOTHING_RAN
