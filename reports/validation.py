"""How an examination of one comp reads: as text for a terminal, JSON, JUnit, and Markdown for a pull request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from harness.contract.kind import LEVELS
from harness.images.configuration import KNOWN
from harness.images.examination import SCHEMA, Examination, Finding
from harness.machine import this_machine
from harness.report import SCHEMA as REPORT
from harness.report import Report, RunFacts, VerdictRow
from harness.verdict import Verdict
from reports.junit import junit
from reports.markdown import BYTES_MAX, escaped
from reports.wording import SYMBOLS, WORST_FIRST, calm, shortened

FAILURES_MAX = 10
DEVIATIONS_MAX = 40
REPEAT_LETTERS_MAX = 2000  # A longer line is for a program; a part of one repeats nothing.
SPARE_BYTES = (
    200  # For the sentences that count what there was no room for, and the title over what is known.
)


def document(examination: Examination, command: str) -> dict[str, object]:
    """The examination as plain data."""
    target = examination.target
    return {
        "schema": SCHEMA,
        "comp": target.comp.id,
        "target": target.shown,
        "image": examination.image.as_json() if examination.image else None,
        "verdict": examination.verdict,
        "exit_code": examination.exit_code,
        "ended": examination.ended,
        "seed": target.seed,
        "levels": {
            level: {"says": LEVELS[level], **counted} for level, counted in examination.levels().items()
        },
        "verdicts": [
            {**each.verdict.as_json(), "level": each.level, "kind": each.kind}
            for each in examination.findings
        ],
        "machine": this_machine().model_dump(),
        "command": command,
    }


def as_junit(examination: Examination, command: str) -> str:
    """The examination as JUnit: a case a verdict, its class the level."""
    target = examination.target
    run = RunFacts(
        id=f"validate-{target.comp.id}",
        scenario=f"validate {target.comp.id}",
        gateway=target.shown,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=target.seed,
        ended=examination.ended,
    )
    rows = [
        VerdictRow.model_validate(replace(each.verdict, subject=f"{target.comp.id}.{each.level}").as_json())
        for each in examination.findings
    ]
    verdict = examination.verdict if examination.verdict != "n/a" else "unknown"
    return junit(Report(schema=REPORT, run=run, verdict=verdict, verdicts=rows, command=command))


def as_markdown(examination: Examination, command: str) -> str:
    """The examination as Markdown of at most 60 kB: the verdict, the levels, the first failures and how to repeat them.

    What there is no room for is left out whole, and counted.
    """
    closing = ["", "Repeat it with:", "", *_fenced(_whole(command, "command"))]
    paper = Paper([*_opening(examination), *_table(examination)], closing)
    worst = unmet(examination)
    shown = paper.add(list(map(_told, worst[:FAILURES_MAX])))
    if len(worst) > shown:
        paper.lines += ["", f"{len(worst) - shown} more failures are in `report.json`."]
    known = _deviations(examination)
    if known:
        paper.lines += ["", "## Known deviations", ""]
        shown = paper.add([[each] for each in known[:DEVIATIONS_MAX]])
        if len(known) > shown:
            paper.lines += ["", f"{len(known) - shown} more are in `report.json`."]
    return "\n".join([*paper.lines, *paper.closing, ""])


@dataclass(slots=True)
class Paper:
    """The lines of a report that may not be longer than `BYTES_MAX`, and those that close it."""

    lines: list[str]
    closing: list[str]

    def add(self, blocks: list[list[str]]) -> int:
        """Add blocks of lines as long as there is room, and a little for what counts the rest; gives how many were added."""
        left = BYTES_MAX - SPARE_BYTES - _bytes([*self.lines, *self.closing])
        for number, block in enumerate(blocks):
            left -= _bytes(block)
            if left < 0:
                return number
            self.lines += block
        return len(blocks)


def _bytes(lines: list[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def as_text(examination: Examination) -> str:
    """The examination for a terminal."""
    lines = [
        f"{level:<4}{LEVELS[level]:<38}"
        + "  ".join(f"{counted[word]} {word}" for word in WORST_FIRST if counted[word])
        for level, counted in examination.levels().items()
    ]
    for finding in unmet(examination):
        found = finding.verdict
        lines += [
            "",
            f"{SYMBOLS[found.verdict]} {found.id}",
            *(
                f"    {line}"
                for line in (*calm(found.told).splitlines(), *_whole(found.repeat, "repeat").splitlines())
            ),
        ]
    lines += ["", f"{SYMBOLS[examination.verdict]} {_sentence(examination)}", ""]
    return "\n".join(lines)


def unmet(examination: Examination) -> list[Finding]:
    """What does not hold or could not be found out, the former first."""
    return [
        each
        for word in ("violated", "unknown")
        for each in examination.findings
        if each.verdict.verdict == word
    ]


def write(examination: Examination, command: str, folder: Path) -> None:
    """Write `report.json`, `junit.xml` and `report.md` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    data = orjson.dumps(
        document(examination, command), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    (folder / "report.json").write_bytes(data)
    (folder / "junit.xml").write_text(as_junit(examination, command), encoding="utf-8")
    (folder / "report.md").write_text(as_markdown(examination, command), encoding="utf-8")


def _sentence(examination: Examination) -> str:
    target, ended = examination.target, examination.ended
    tally = [sum(each.verdict == word for each in examination.verdicts) for word in WORST_FIRST]
    counted = (
        ", ".join(f"{many} {word}" for many, word in zip(tally, WORST_FIRST, strict=True) if many)
        or "nothing ran"
    )
    counted = counted if examination.has_run else "no check was chosen"
    cut = "" if ended == "complete" else f" ({ended})"
    return f"{target.comp.id} at {target.shown}: {examination.verdict}{cut}: {counted}; seed {target.seed}"


def _opening(examination: Examination) -> Iterator[str]:
    yield f"# {SYMBOLS[examination.verdict]} {escaped(shortened(_sentence(examination), 600))}"


def _table(examination: Examination) -> Iterator[str]:
    yield ""
    yield "| level | what | " + " | ".join(WORST_FIRST) + " |"
    yield "|---|---|" + "--:|" * len(WORST_FIRST)
    for level, counted in examination.levels().items():
        yield (
            f"| {level} | {LEVELS[level]} | " + " | ".join(str(counted[word]) for word in WORST_FIRST) + " |"
        )


def _told(finding: Finding) -> list[str]:
    found: Verdict = finding.verdict
    facts = (("reason", found.why, 600), ("expected", found.expected, 400), ("actual", found.actual, 400))
    lines = ["", f"## {SYMBOLS[found.verdict]} `{found.id}`", ""]
    lines += [f"- {name}: {_spanned(shortened(calm(words), most))}" for name, words, most in facts if words]
    lines.append(f"- seed: {found.seed or 0}; see docs/checks/{finding.kind}.md")
    return [*lines, "", *_fenced(_whole(found.repeat, "repeat"), "sh")] if found.repeat else lines


def _whole(shell: str, field: str) -> str:
    """Shell, whole or not at all: then it is said in which field of the report it is."""
    if len(shell) <= REPEAT_LETTERS_MAX:
        return shell
    return f"# {len(shell):,} letters: see `{field}` in report.json"


def _fenced(text: str, language: str = "") -> list[str]:
    """The text as a block of code."""
    fence = "`" * max(3, 1 + _ticks(text))
    return [f"{fence}{language}", text, fence]


def _spanned(line: str) -> str:
    """A line as code, in which nothing is markup, a link or somebody's name, whatever a server said."""
    fence, pad = "`" * (1 + _ticks(line)), " " if "`" in (line[:1], line[-1:]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _ticks(text: str) -> int:
    """How many backticks stand together at most."""
    return max(map(len, re.findall("`+", text)), default=0)


def _deviations(examination: Examination) -> list[str]:
    """What is known of the real comp and no surprise, so that it is not taken for green."""
    rows = [each.verdict for each in examination.findings if each.verdict.why.startswith(KNOWN)]
    return [f"- `{row.id}`: {escaped(shortened(row.why, 240))}" for row in rows]
