"""`report.md`: the verdict first, then the tables; short enough for a comment on a pull request."""

from collections.abc import Iterator
from dataclasses import replace

from harness.report import Report
from reports import node_tables, tables
from reports.headline import headline, tally
from reports.tables import Column, Table, shown
from reports.wording import SYMBOLS, Value, shortened

BYTES_MAX = 60_000  # A comment on GitHub ends at 65,536 characters.
# Rows of a table and letters of a cell, from generous to terse; the first that fits is taken.
_LIMITS = ((400, 240), (150, 200), (60, 160), (25, 120), (10, 80), (5, 40))


def markdown(report: Report) -> str:
    """The report as Markdown of at most 60 kB; what was left out is counted where it is missing."""
    for rows_max, letters_max in _LIMITS:
        text = "\n".join(_sections(report, rows_max, letters_max)) + "\n"
        if len(text.encode()) <= BYTES_MAX:
            return text
    return _cut(text)


def as_markdown(table: Table, rows_max: int, letters_max: int) -> str:
    """The table under its title; beyond `rows_max` rows it says how many are left out."""
    lines = [f"## {table.title}", ""]
    if table.rows:
        lines += [_line(column.title for column in table.columns), _line(map(_rule, table.columns))]
        lines += [
            _line(_cell(value, column, letters_max) for value, column in zip(row, table.columns, strict=True))
            for row in table.rows[:rows_max]
        ]
        lines.append("")
    left_out = len(table.rows) - rows_max
    if left_out > 0:
        lines += [f"{left_out:,} more rows are in `report.json`.", ""]
    if table.note:
        lines += [escaped(table.note), ""]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """The text with what Markdown or HTML would take as markup made harmless."""
    for sign in "\\`*_[]|":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _sections(report: Report, rows_max: int, letters_max: int) -> Iterator[str]:
    yield from _opening(report, letters_max)
    unmet = tables.verdicts(report, only=("violated", "unknown"))
    if unmet.rows:
        yield as_markdown(unmet, rows_max, letters_max)
    defects = tables.defects(report)
    if defects.rows:
        yield as_markdown(defects, rows_max, letters_max)
    for table in (
        node_tables.brief(report),
        tables.load(report),
        tables.load_facts(report),
        tables.faults(report),
        tables.quality(report),
        tables.coverage(report),
    ):
        yield as_markdown(table, rows_max, letters_max)
    yield as_markdown(_brief(tables.verdicts(report, only=("holds", "n/a"))), rows_max, letters_max)
    if report.warnings:
        warnings = tuple((each,) for each in report.warnings)
        yield as_markdown(
            Table("warnings", "Warnings", (Column("warning"),), warnings), rows_max, letters_max
        )
    yield as_markdown(tables.provenance(report), rows_max, letters_max)
    if report.command:
        yield f"Repeat it with:\n\n```\n{report.command.replace('```', '')}\n```"


def _opening(report: Report, letters_max: int) -> Iterator[str]:
    first = headline(report)
    yield f"# {SYMBOLS[first.word]} {escaped(first.sentence)}\n"
    if report.run.images:
        yield f"Genuine images: {escaped(report.run.images)}\n"
    for note in first.notes:
        yield f"**{escaped(note)}**\n"
    for reason in first.reasons:
        subjects, why = (escaped(shortened(text, letters_max)) for text in (reason.subjects, reason.why))
        yield f"- {SYMBOLS[reason.word]} {subjects}: {why} ({escaped(reason.checks)})"
    if first.more:
        yield f"- and {first.more} more reasons"
    counts = ", ".join(f"{amount:,} {word}" for word, amount in tally(report).items())
    yield f"\nScenario {escaped(report.run.scenario)}, seed {report.run.seed}: {counts}.\n"


def _brief(table: Table) -> Table:
    """The table without the columns that matter only where something does not hold."""
    return replace(table, columns=table.columns[:4], rows=tuple(row[:4] for row in table.rows))


def _line(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(column: Column) -> str:
    return "---" if column.kind in ("text", "prose", "code", "verdict") else "--:"


def _cell(value: Value, column: Column, letters_max: int) -> str:
    text = shortened(shown(value, column.kind), letters_max)
    if column.kind == "code" and text and "`" not in text:
        return "`" + text.replace("|", "\\|") + "`"
    return escaped(text)


def _cut(text: str) -> str:
    """The beginning of the text up to a whole line, where even the tersest form is too long."""
    note = "\n\nThe rest is in `report.json`.\n"
    kept = text.encode()[: BYTES_MAX - len(note)].decode(errors="ignore")
    return kept[: kept.rindex("\n")] + note
