"""How an examination of one comp reads: as text for a terminal, JSON, JUnit, and Markdown for a pull request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from harness.contract.kind import LEVELS
from harness.images.examination import SCHEMA, Examination, Finding
from harness.machine import this_machine
from harness.report import SCHEMA as REPORT
from harness.report import Report, RunFacts, VerdictRow
from harness.verdict import Verdict
from reports.junit import junit
from reports.markdown import BYTES_MAX, escaped
from reports.wording import SYMBOLS, WORST_FIRST, shortened

FAILURES_MAX = 10
REPEAT_LETTERS_MAX = 2000


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
    """The examination as Markdown of at most 60 kB: the verdict, the levels, the first failures and how to repeat them."""
    lines = [*_opening(examination), *_table(examination)]
    worst = unmet(examination)
    shown = worst[:FAILURES_MAX]
    closing = ["", "Repeat it with:", "", "```", command.replace("```", ""), "```", ""]
    for finding in shown:
        lines += _told(finding)
    if len(worst) > len(shown):
        lines += ["", f"{len(worst) - len(shown)} more are in `report.json`."]
    lines += _deviations(examination)
    text = "\n".join([*lines, *closing])
    if len(text.encode()) <= BYTES_MAX:
        return text
    note = "\n\nThe rest is in `report.json`.\n"
    return text.encode()[: BYTES_MAX - len(note)].decode(errors="ignore") + note


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
            *(f"    {line}" for line in found.told.splitlines()),
        ]
        if found.repeat:
            lines.append(f"    {shortened(found.repeat, 240)}")
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
    yield f"# {SYMBOLS[examination.verdict]} {escaped(_sentence(examination))}"


def _table(examination: Examination) -> Iterator[str]:
    yield ""
    yield "| level | what | " + " | ".join(WORST_FIRST) + " |"
    yield "|---|---|" + "--:|" * len(WORST_FIRST)
    for level, counted in examination.levels().items():
        yield (
            f"| {level} | {LEVELS[level]} | " + " | ".join(str(counted[word]) for word in WORST_FIRST) + " |"
        )


def _told(finding: Finding) -> Iterator[str]:
    found: Verdict = finding.verdict
    yield ""
    yield f"## {SYMBOLS[found.verdict]} `{found.id}`"
    yield ""
    yield f"{escaped(shortened(found.why, 600))}"
    yield ""
    for name, words in (("expected", found.expected), ("actual", found.actual)):
        if words:
            yield f"- {name}: {escaped(shortened(words, 400))}"
    yield f"- seed: {found.seed or 0}; see docs/checks/{finding.kind}.md"
    if found.repeat:
        yield ""
        yield "```sh"
        yield shortened(found.repeat, REPEAT_LETTERS_MAX).replace("```", "")
        yield "```"


def _deviations(examination: Examination) -> Iterator[str]:
    """What is known of the real comp and no surprise, so that it is not taken for green."""
    rows = [each.verdict for each in examination.findings if each.verdict.why.startswith("known deviation")]
    if rows:
        yield ""
        yield "## Known deviations"
        yield ""
        yield from (f"- `{row.id}`: {escaped(shortened(row.why, 240))}" for row in rows[:40])
