"""How a template becomes a page: our own style and script inside it, and a policy that lets nothing else run or be fetched."""

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.fault_table import Square
from reports.tables import Table, shown
from reports.wording import SYMBOLS, Missing, moment, shortened

TEMPLATES = Path(__file__).parent / "templates"


def filled(template: str, **values: object) -> str:
    """The template with those values; `report.css` and `report.js` stand in it, named in its security policy by their hashes."""
    style, script = _inline("report.css"), _inline("report.js")
    return (
        _templates()
        .get_template(template)
        .render(style=style, script=script, policy=_policy(style, script), **values)
    )


def header_groups(table: Table) -> list[tuple[str, int]]:
    """What stands over the columns, with how many it spans; empty names where nothing does."""
    return [
        (name, len(list(columns))) for name, columns in groupby(table.columns, key=lambda each: each.group)
    ]


def cell_says(square: Square, letters_max: int) -> str:
    """What hovering over a square of the fault table tells: expected and actual in every mode."""
    return "\n".join(_square_lines(square, letters_max))


def _square_lines(square: Square, letters_max: int) -> Iterator[str]:
    yield f"{square.fault} on {square.node}"
    for cell in square.cells:
        yield f"{cell.mode}: {SYMBOLS[cell.verdict]} {cell.verdict}, fired {cell.fired} times"
        for name, words in (("expected", cell.expected), ("actual", cell.actual), ("why", cell.why)):
            if words:
                yield f"  {name}: {shortened(words, letters_max)}"
    if not square.cells:
        yield "not run"


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
    environment.filters |= {
        "shown": shown,
        "groups": header_groups,
        "says": cell_says,
        "data": _as_data,
        "moment": moment,
    }
    environment.tests["missing"] = lambda value: isinstance(value, Missing)
    environment.globals["symbols"] = SYMBOLS
    return environment


def _as_data(json: str) -> Markup:
    """JSON as it may stand in a script element."""
    return Markup(json.replace("<", "\\u003c"))  # noqa: S704  No `<` can end the element.
