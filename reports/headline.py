"""What a report says first: one sentence on what holds, is violated or unknown, and the reasons, weightiest first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.report import Report, VerdictRow
from harness.verdict import Word
from reports.wording import WORST_FIRST, listed, plural, seconds

REASONS_MAX = 5
_TOOK = re.compile(r"[\d.]+ ms")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the verdict is what it is: what was judged, by which check, and what came of it; both are shortened for reading."""

    word: Word
    subjects: str
    checks: str
    why: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict in one sentence; `notes` qualify the whole run (interrupted, invalid load), `more` counts reasons left out."""

    word: Word
    sentence: str
    notes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    more: int


def tally(report: Report) -> Mapping[Word, int]:
    """How many verdicts there are of each word, worst first."""
    return {word: sum(row.verdict == word for row in report.verdicts) for word in WORST_FIRST}


def headline(report: Report) -> Headline:
    """The first thing to read of a report."""
    reasons = _reasons(report)
    return Headline(
        word=report.verdict,
        sentence=_sentence(report),
        notes=tuple(_notes(report)),
        reasons=tuple(reasons[:REASONS_MAX]),
        more=max(0, len(reasons) - REASONS_MAX),
    )


def _sentence(report: Report) -> str:
    if report.run.ended == "unbegun":
        return "Unknown: the run never began, so nothing is proven"
    numbers = tally(report)
    judged = numbers["holds"] + numbers["violated"] + numbers["unknown"]
    if not judged:
        return "Unknown: nothing was judged, so nothing is proven"
    checks = plural(judged, "check")
    unknown = plural(numbers["unknown"], "check")
    if report.verdict == "violated":
        if not numbers["violated"]:
            return f"Violated, although none of {checks} says so"
        also = f", and {unknown} could not be decided" if numbers["unknown"] else ""
        do = "does" if numbers["violated"] == 1 else "do"
        return f"Violated: {numbers['violated']:,} of {checks} {do} not hold{also}"
    if report.verdict == "unknown":
        if not numbers["unknown"]:
            cause = (
                "the run is not whole"
                if report.run.ended == "complete"
                else f"the run was {_ended(report.run.ended)}"
            )
            return f"Unknown: {cause}; of what was judged, {checks} hold{'s' if judged == 1 else ''}"
        return f"Unknown: {numbers['unknown']:,} of {checks} could not be decided; none is violated"
    return "Holds: the one check does" if judged == 1 else f"Holds: all {checks} do"


def _notes(report: Report) -> list[str]:
    run, notes = report.run, []
    if run.ended not in ("complete", "unbegun"):
        parts = f" while or after {listed(run.parts, 4)}" if run.parts else " before any part had run"
        notes.append(
            f"The run was {_ended(run.ended)} after {seconds(run.duration_s)},{parts}: "
            "what was measured until then is shown, the rest is missing"
        )
    if report.load is not None and not report.load.valid:
        notes.append(
            f"The load's figures are not valid: {report.load.why_invalid or 'no reason was recorded'}"
        )
    if not report.verdicts and report.warnings:
        notes.extend(report.warnings)
    return notes


def _ended(word: str) -> str:
    return "cut short by a crash" if word == "crashed" else word


def _reasons(report: Report) -> list[Reason]:
    """Violated ones first, then unknown ones; those with the same reason, however long it took, are one."""
    groups: dict[tuple[Word, str], list[VerdictRow]] = {}
    for word in ("violated", "unknown"):
        for row in report.verdicts:
            if row.verdict == word:
                groups.setdefault((row.verdict, _TOOK.sub("", _why(row))), []).append(row)
    return [
        Reason(
            word,
            listed(dict.fromkeys(row.subject for row in rows), 3),
            listed(dict.fromkeys(row.id for row in rows), 2),
            _why(rows[0]),
        )
        for (word, _), rows in groups.items()
    ]


def _why(row: VerdictRow) -> str:
    if row.why:
        return row.why
    return f"expected {row.expected or 'something else'}, got {row.actual or 'nothing'}"
