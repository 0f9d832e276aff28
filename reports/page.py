"""`report.html`: one file that needs no network, verdict first, for light and dark, wide and narrow, screen and paper."""

from dataclasses import dataclass, replace

from harness.report import Report
from reports import fault_table, node_tables, tables
from reports.figures.drawings import Drawings, drawings
from reports.headline import headline, tally
from reports.key_figures import key_figures
from reports.missing import part_absent
from reports.tables import Column, Table
from reports.templating import filled
from reports.wording import Value, shortened

BYTES_MAX = 1_500_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a large run goes into the page; what is left out is counted on it."""

    rows_max: int
    letters_max: int


# From generous to terse; the first that fits is taken.
LIMITS = (Limits(2000, 600), Limits(1000, 300), Limits(400, 200), Limits(100, 100))


def page(report: Report) -> str:
    """The page as text of at most 1.5 MB; of a report that even the tersest limits do not fit, the tersest page."""
    drawn = drawings(report)
    text = ""
    for limits in LIMITS:
        text = render(report, drawn, limits)
        if len(text.encode()) <= BYTES_MAX:
            break
    return text


def render(report: Report, drawn: Drawings, limits: Limits) -> str:
    """The page within those limits."""
    return filled(
        "report.html",
        report=report,
        first=headline(report),
        tally=tally(report),
        key_figures=key_figures(report),
        drawings=drawn,
        squares=fault_table.fault_squares(report),
        fault_nodes=fault_table.fault_nodes(report),
        defects=_limited(tables.defects(report), limits),
        unmet_cells=_limited(tables.unmet_cells(report), limits),
        nodes=_limited(node_tables.nodes(report), limits),
        nodes_tokens=_limited(node_tables.tokens(report), limits),
        load=tables.load(report),
        load_facts=_limited(tables.load_facts(report), limits),
        quality=tables.quality(report),
        coverage=tables.coverage(report),
        verdicts=_limited(tables.verdicts(report), limits),
        provenance=tables.provenance(report),
        absent=lambda part: part_absent(report, part),
        letters_max=limits.letters_max,
    )


def _limited(table: Table, limits: Limits) -> Table:
    """The table within the limits; its note says how many rows are left out. Commands stay whole, so that they can be run."""
    rows = tuple(
        tuple(_short(value, column, limits) for value, column in zip(row, table.columns, strict=True))
        for row in table.rows[: limits.rows_max]
    )
    left_out = len(table.rows) - len(rows)
    more = f"{left_out:,} more rows are in report.json." if left_out else ""
    return replace(table, rows=rows, note=" ".join(filter(None, (table.note, more))))


def _short(value: Value, column: Column, limits: Limits) -> Value:
    return shortened(value, limits.letters_max) if isinstance(value, str) and column.kind != "code" else value
