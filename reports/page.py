"""`report.html`: one file that needs no network, verdict first, for light and dark, wide and narrow, screen and paper."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report import Report
from reports import fault_table, tables
from reports.cards import cards
from reports.figures.graph import graph
from reports.figures.latency import latency
from reports.figures.quantiles import quantiles
from reports.figures.waterfall import waterfalls
from reports.headline import headline, tally
from reports.missing import part_absent
from reports.tables import Table, shown
from reports.wording import SYMBOLS, Missing, Value, shortened

TEMPLATES = Path(__file__).parent / "templates"
BYTES_MAX = 1_500_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a large run goes into the page; what is left out is counted on it."""

    rows_max: int
    letters_max: int
    points_max: int


# From generous to terse; the first that fits is taken.
LIMITS = (Limits(2000, 600, 1500), Limits(600, 300, 800), Limits(200, 160, 300), Limits(50, 80, 100))


def page(report: Report) -> str:
    """The page as text of at most 1.5 MB; of a report that even the tersest limits do not fit, the tersest page."""
    text = ""
    for limits in LIMITS:
        text = render(report, limits)
        if len(text.encode()) <= BYTES_MAX:
            break
    return text


def render(report: Report, limits: Limits) -> str:
    """The page within those limits."""
    style, script = _inline("report.css"), _inline("report.js")
    quantile_figure = quantiles(report)
    return (
        _templates()
        .get_template("report.html")
        .render(
            report=report,
            style=style,
            script=script,
            policy=_policy(style, script),
            first=headline(report),
            tally=tally(report),
            cards=cards(report),
            graph=graph(report) if report.graph else None,
            latency=latency(report, limits.points_max),
            waterfalls=waterfalls(report),
            quantiles=quantile_figure,
            squares=fault_table.fault_squares(report),
            fault_nodes=fault_table.fault_nodes(report),
            unmet_cells=_limited(tables.unmet_cells(report), limits),
            nodes=_limited(tables.nodes(report), limits),
            load=tables.load(report),
            load_facts=_limited(tables.load_facts(report), limits),
            quality=tables.quality(report),
            coverage=tables.coverage(report),
            verdicts=_limited(tables.verdicts(report), limits),
            provenance=tables.provenance(report),
            absent=lambda part: part_absent(report, part),
            letters_max=limits.letters_max,
        )
    )


def header_groups(table: Table) -> list[tuple[str, int]]:
    """What stands over the columns, with how many it spans; empty names where nothing does."""
    return [
        (name, len(list(columns))) for name, columns in groupby(table.columns, key=lambda each: each.group)
    ]


def cell_says(square: fault_table.Square, letters_max: int) -> str:
    """What hovering over a square of the fault table tells: expected and actual in every mode."""
    return "\n".join(_square_lines(square, letters_max))


def _square_lines(square: fault_table.Square, letters_max: int) -> Iterator[str]:
    yield f"{square.fault} on {square.node}"
    for cell in square.cells:
        yield f"{cell.mode}: {SYMBOLS[cell.verdict]} {cell.verdict}, fired {cell.fired} times"
        for name, words in (("expected", cell.expected), ("actual", cell.actual), ("why", cell.why)):
            if words:
                yield f"  {name}: {shortened(words, letters_max)}"
    if not square.cells:
        yield "not run"


def _limited(table: Table, limits: Limits) -> Table:
    """The table within the limits; its note says how many rows are left out."""
    rows = tuple(tuple(_short(value, limits) for value in row) for row in table.rows[: limits.rows_max])
    left_out = len(table.rows) - len(rows)
    more = f"{left_out:,} more rows are in report.json." if left_out else ""
    return replace(table, rows=rows, note=" ".join(filter(None, (table.note, more))))


def _short(value: Value, limits: Limits) -> Value:
    return shortened(value, limits.letters_max) if isinstance(value, str) else value


def _inline(name: str) -> Markup:
    """Our own style or script, as it stands in the page."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  A file of this package.


def _policy(style: str, script: str) -> str:
    """A content security policy that lets this page's own style and script run, and nothing be fetched."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "groups": header_groups, "says": cell_says, "data": _as_data}
    environment.tests["missing"] = lambda value: isinstance(value, Missing)
    environment.globals["symbols"] = SYMBOLS
    return environment


def _as_data(json: str) -> Markup:
    """JSON as it may stand in a script element."""
    return Markup(json.replace("<", "\\u003c"))  # noqa: S704  No `<` can end the element.
