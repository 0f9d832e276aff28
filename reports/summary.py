"""What a terminal shows of a report: the verdict, the reasons, and the tables that fit."""

from textwrap import fill

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from harness.report import Report
from harness.verdict import Word
from reports import node_tables, tables
from reports.headline import Headline, headline, tally
from reports.tables import Column, Table, shown
from reports.wording import SYMBOLS, Missing, Value, shortened

STYLES: dict[Word, str] = {"holds": "green", "violated": "bold red", "unknown": "yellow", "n/a": "dim"}
LETTERS_MAX = 200
WIDE = 110  # From here on a head stands in two lines at most.
NAME_LETTERS_MAX = 24  # A row's name of so many stays in one line.


def print_summary(report: Report, console: Console) -> None:
    """Print the verdict with its reasons, then nodes, load, faults, defects and warnings."""
    shown_tables = (
        node_tables.brief(report),
        tables.load(report),
        tables.faults(report),
        tables.defects(report),
    )
    for table in shown_tables:
        if table.rows:
            console.print(as_rich(table, narrow=console.width < WIDE))
        if table.note:
            console.print(Text(f"{table.title}: {table.note}", "dim"))
    for warning in report.warnings:
        console.print(Text(f"warning: {warning}", "yellow"))
    _print_headline(report, headline(report), console)


def as_rich(table: Table, *, narrow: bool = False) -> RichTable:
    """The table for a terminal; what is missing is dim, and words of verdicts have their colour.

    In a narrow one a figure's head is no wider than its longest word, which would be torn otherwise.
    """
    drawn = RichTable(
        title=table.title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        collapse_padding=True,
    )
    for number, column in enumerate(table.columns):
        left = column.kind in ("text", "prose", "code", "verdict")
        names = number == 0 and all(len(str(row[0])) <= NAME_LETTERS_MAX for row in table.rows)
        title = column.title if left or not narrow else _folded(column.title)
        drawn.add_column(title, justify="left" if left else "right", overflow="fold", no_wrap=names)
    for row in table.rows:
        drawn.add_row(*(_cell(value, column) for value, column in zip(row, table.columns, strict=True)))
    return drawn


def _folded(title: str) -> str:
    return fill(title, max(len("ms p50"), *map(len, title.split())), break_on_hyphens=False)


def _cell(value: Value, column: Column) -> Text:
    text = shown(value, column.kind)
    if isinstance(value, Missing):
        return Text(text, "dim")
    return Text(
        text, next((style for word, style in STYLES.items() if f"{SYMBOLS[word]} {word}" in text), "")
    )


def _print_headline(report: Report, first: Headline, console: Console) -> None:
    """Last, because that is where one looks in a terminal."""
    console.print(Text(f"{SYMBOLS[first.word]} {first.sentence}", f"bold {STYLES[first.word]}"))
    if report.run.images:
        console.print(f"  genuine images: {report.run.images}")
    for note in first.notes:
        console.print(Text(f"  {note}", "bold"))
    for reason in first.reasons:
        line = f"  {SYMBOLS[reason.word]} {reason.subjects}: {shortened(reason.why, LETTERS_MAX)} ({reason.checks})"
        console.print(Text(line, STYLES[reason.word]))
    if first.more:
        console.print(Text(f"  and {first.more} more reasons in report.html", "dim"))
    counts = ", ".join(f"{amount:,} {word}" for word, amount in tally(report).items())
    console.print(Text(f"  {counts}", "dim"))
