"""The tables of a report."""

import pytest

from harness.report import DefectRow
from reports import tables
from reports.tables import Column, shown
from reports.wording import Missing

ALL = (
    tables.verdicts,
    tables.faults,
    tables.load,
    tables.load_facts,
    tables.coverage,
    tables.quality,
    tables.provenance,
    tables.unmet_cells,
    tables.defects,
)


@pytest.mark.parametrize("kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching"])
@pytest.mark.parametrize("table", ALL, ids=lambda each: each.__name__)
def test_every_row_is_as_long_as_its_columns(made, table, kind):
    """Whatever the run left."""
    drawn = table(made(kind))

    assert {len(row) for row in drawn.rows} <= {len(drawn.columns)}


@pytest.mark.parametrize(
    "table",
    [tables.verdicts, tables.faults, tables.load, tables.load_facts, tables.quality],
    ids=lambda each: each.__name__,
)
def test_a_table_without_rows_says_why(made, table):
    """An empty table alone could mean anything."""
    drawn = table(made("empty"))

    assert drawn.rows == ()
    assert drawn.note


def test_what_does_not_hold_comes_first(made):
    """In the run's order within each word."""
    words = [row[0] for row in tables.verdicts(made("violated")).rows]

    assert words == ["violated"] * 3 + ["unknown"] + ["holds"] * 121 + ["n/a"] * 26


def test_verdicts_can_be_narrowed_to_some_words(made):
    """The short forms of a report begin with these."""
    table = tables.verdicts(made("violated"), only=("violated", "unknown"))

    assert len(table.rows) == 4
    assert table.title == "What does not hold, or could not be decided"


def test_the_load_table_has_counts_beside_percentiles(made):
    """A percentile without its count says little."""
    report = made("holds")
    row = tables.load(report).rows[0]

    assert row[:2] == ("response, from the intended start", report.load.response_ms.count)
    assert row[6] == report.load.response_ms.p99


def test_the_certificate_and_the_errors_stand_among_the_facts_of_the_load(made):
    """Yes and no instead of Python's words."""
    facts = dict(tables.load_facts(made("holds")).rows)

    assert facts["instrument: kept up"] == "yes"
    assert (facts["errors: reset"], facts["errors: status"]) == (2, 1)


def test_cells_that_do_not_hold_are_spelt_out(made):
    """Violated before unknown."""
    rows = tables.unmet_cells(made("violated")).rows

    assert [row[0] for row in rows] == ["violated", "violated", "violated", "unknown"]
    assert rows[-1][-1] == 0


def test_values_read_by_their_kind():
    """The same value may be a count, a share or milliseconds."""
    assert shown(1200, "count") == "1,200"
    assert shown(0.98996, "share") == "0.989"
    assert shown(12.345, "ms") == "12.3"
    assert shown("violated", "verdict") == "✕ violated"
    assert shown(Missing("withheld", "why"), "ms") == "withheld"
    assert Column("p50", "ms", "client").title == "client p50"


def test_a_defect_says_what_was_seen_and_what_should_be(made):
    """A row for each case, with its number and without the words that all ids share; none without the part."""
    row = DefectRow(
        id="defect.02.status-503",
        fault="answers 503 with JSON",
        node="llm",
        mode="stream",
        verdict="violated",
        expected="503, an error of node llm",
        actual="200, nothing in it",
    )
    report = made("empty").model_copy(update={"defects": [row]})

    assert tables.defects(made("empty")).rows == ()
    assert tables.defects(report).rows == (
        (
            "violated", "02.status-503", "llm", "stream",
            "answers 503 with JSON", "503, an error of node llm", "200, nothing in it",
        ),
    )  # fmt: skip
