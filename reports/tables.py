"""The tables of a report, as pure functions of it; how they are shown is another file's business.

A column that a table lacks is added here. Percentiles stand only with the number of samples they need.
"""

from dataclasses import dataclass
from typing import Literal

from harness.report import LoadFigures, Quantiles, Report
from harness.verdict import Word
from reports.fault_table import fault_nodes, fault_squares
from reports.missing import NOT_KNOWN, known_or_missing, nodes_note, part_absent, quantile
from reports.wording import SYMBOLS, WORST_FIRST, Missing, Value, count, number, share

Kind = Literal["text", "prose", "code", "verdict", "count", "ms", "rate", "share"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, what its values are, and the name that stands over it and its neighbours."""

    name: str
    kind: Kind = "text"
    group: str = ""

    @property
    def title(self) -> str:
        """The full name, for where nothing stands over it."""
        return f"{self.group} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values, each as long as `columns`; `note` says what a reader has to know, or why there are no rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


def shown(value: Value, kind: Kind) -> str:
    """The value as it reads in a cell, without its unit."""
    if isinstance(value, Missing):
        return value.word
    if isinstance(value, str):
        return f"{SYMBOLS[_word(value)]} {value}" if kind == "verdict" else value
    if kind == "share":
        return share(value)
    return count(value) if isinstance(value, int) else number(value)


def _word(text: str) -> Word:
    return next(word for word in SYMBOLS if word == text)


_TITLES: dict[tuple[Word, ...], str] = {
    ("violated", "unknown"): "What does not hold, or could not be decided",
    ("holds", "n/a"): "What holds, or does not apply",
}


def verdicts(report: Report, *, only: tuple[Word, ...] = WORST_FIRST) -> Table:
    """The verdicts of those words, violated ones first; the order within a word is the run's."""
    columns = (
        Column("verdict", "verdict"),
        Column("check", "code"),
        Column("subject"),
        *(Column(name, "prose") for name in ("why", "expected", "actual")),
        Column("repeat", "code"),
    )
    rows = [row for word in WORST_FIRST if word in only for row in report.verdicts if row.verdict == word]
    return Table(
        "verdicts",
        _TITLES.get(only, "Verdicts"),
        columns,
        tuple((r.verdict, r.id, r.subject, r.why, r.expected, r.actual, r.repeat) for r in rows),
        "" if rows or only != WORST_FIRST else "Nothing was judged.",
    )


def faults(report: Report) -> Table:
    """Faults down, nodes across, a word in each cell."""
    columns = (Column("fault", "code"), *(Column(name) for name in fault_nodes(report)))
    rows = tuple((line[0].fault, *(square.says for square in line)) for line in fault_squares(report))
    return Table("faults", "Faults on nodes", columns, rows, "" if rows else part_absent(report, "chaos"))


def defects(report: Report) -> Table:
    """The known defects of OPEA's orchestrator, case by case: what the caller saw, and what it should have seen."""
    columns = (
        Column("verdict", "verdict"),
        Column("defect", "code"),
        Column("node"),
        Column("mode"),
        *(Column(name, "prose") for name in ("what it does", "should be seen", "was seen")),
    )
    rows = tuple(
        (row.verdict, row.id.removeprefix("defect."), row.node, row.mode, row.fault, row.expected, row.actual)
        for row in report.defects
    )
    return Table("defects", "Known defects of OPEA's orchestrator", columns, rows)


_LATENCIES = {
    "response_ms": "response, from the intended start",
    "service_ms": "service, from the sending",
    "ttft_ms": "time to first token",
    "itl_ms": "between tokens",
    "tpot_ms": "per output token, after the first",
}


def load(report: Report) -> Table:
    """The latencies that the load saw, in milliseconds, with their counts."""
    figures = ("mean", "p50", "p90", "p95", "p99", "max")
    columns = (Column("latency, ms"), Column("n", "count"), *(Column(name, "ms") for name in figures))
    if report.load is None:
        return Table("load", "Load", columns, (), part_absent(report, "load"))
    rows = tuple(_latency_row(says, getattr(report.load, name), figures) for name, says in _LATENCIES.items())
    return Table("load", "Load", columns, rows)


def _latency_row(says: str, seen: Quantiles, figures: tuple[str, ...]) -> tuple[Value, ...]:
    return (says, seen.count, *(quantile(seen, name) for name in figures))


def load_facts(report: Report) -> Table:
    """What was asked of the load, what came of it, and whether the instrument kept up."""
    columns = (Column("fact"), Column("value", "rate"))
    if report.load is None:
        return Table("load-facts", "Rates and errors", columns, (), part_absent(report, "load"))
    return Table("load-facts", "Rates and errors", columns, tuple(_load_facts(report.load)))


def _load_facts(seen: LoadFigures) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = [
        ("valid", "yes" if seen.valid else f"no: {seen.why_invalid or 'no reason was recorded'}"),
        ("arrivals", seen.arrivals),
        ("sent", seen.sent),
        ("rate asked, per s", seen.rate_asked),
        ("rate sent, per s", known_or_missing(seen.rate_sent)),
        ("rate done, per s", known_or_missing(seen.rate_done)),
        ("goodput, per s", known_or_missing(seen.goodput_per_s)),
        ("good share", known_or_missing(seen.good_share)),
        ("in flight at the end, not counted", seen.censored),
        ("schedule lag p99, ms", known_or_missing(seen.lag_ms_p99)),
        *((f"errors: {name}", amount) for name, amount in sorted(seen.errors.items())),
        *((f"instrument: {_words(name)}", _plain(value)) for name, value in seen.certificate.items()),
    ]
    if not seen.errors:
        rows.append(("errors", 0))
    return [*rows, ("schedule", seen.schedule_hash or NOT_KNOWN)]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: object) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return NOT_KNOWN if value is None else str(value)
    return value


def coverage(report: Report) -> Table:
    """How much of what was sent was found in the traces."""
    seen = report.coverage
    rows: tuple[tuple[Value, ...], ...] = (
        ("requests sent", seen.requests_sent),
        ("roots found", seen.roots_found),
        ("orphans", seen.orphans),
        ("unattributed spans", seen.unattributed),
        ("share found", known_or_missing(seen.share)),
    )
    return Table(
        "coverage", "Trace coverage", (Column("fact"), Column("value", "rate")), rows, nodes_note(report)
    )


def quality(report: Report) -> Table:
    """Whether answers were right: figures with a known right value."""
    rows = tuple((_words(name), known_or_missing(value)) for name, value in report.quality.items())
    note = "" if rows else part_absent(report, "correctness")
    return Table("quality", "Answer quality", (Column("figure"), Column("value", "share")), rows, note)


_NOT_OF_EVERY_RUN = ("genuine images", "vectors kept in")


def provenance(report: Report) -> Table:
    """Where, when and of what the run was."""
    run, machine = report.run, report.machine
    facts: dict[str, Value | None] = {
        "run": run.id,
        "scenario": run.scenario,
        "gateway": run.gateway,
        "genuine images": run.images,
        "vectors kept in": run.vectors,
        "started": run.started,
        "duration, s": run.duration_s,
        "parts": ", ".join(run.parts),
        "ended": run.ended,
        "seed": str(run.seed),
        "commit": run.git,
        "python": machine.python,
        "system": machine.system,
        "processor": machine.cpu,
        "cores": machine.cores or None,
        "memory, GiB": machine.memory_gib or None,
        "load average at start": machine.load_average,
    }
    rows = tuple(
        (name, NOT_KNOWN if value in (None, "") else value)
        for name, value in facts.items()
        if value != "" or name not in _NOT_OF_EVERY_RUN
    )
    return Table("provenance", "Run and machine", (Column("fact"), Column("value", "rate")), rows)


def unmet_cells(report: Report) -> Table:
    """The fault cells that are violated or unknown, spelt out."""
    columns = (
        Column("verdict", "verdict"),
        Column("fault", "code"),
        *(Column(name) for name in ("node", "mode")),
        *(Column(name, "prose") for name in ("why", "expected", "actual")),
        Column("fired", "count"),
    )
    words: tuple[Word, ...] = ("violated", "unknown")
    cells = [cell for word in words for cell in report.faults if cell.verdict == word]
    rows = tuple((c.verdict, c.fault, c.node, c.mode, c.why, c.expected, c.actual, c.fired) for c in cells)
    return Table("unmet-cells", "Faults that were not weathered, or could not be judged", columns, rows)
