"""The tables with a row for each node."""

import pytest

from reports import node_tables
from reports.wording import Missing

ALL = (node_tables.nodes, node_tables.tokens, node_tables.brief)


def named(table) -> dict[str, object]:
    return dict(zip((column.title for column in table.columns), table.rows[-1], strict=True))


@pytest.mark.parametrize("kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching"])
@pytest.mark.parametrize("table", ALL, ids=lambda each: each.__name__)
def test_every_row_is_as_long_as_its_columns(made, table, kind):
    """Whatever the run left."""
    drawn = table(made(kind))

    assert {len(row) for row in drawn.rows} <= {len(drawn.columns)}


def test_a_table_without_rows_says_why(made):
    """An empty table alone could mean anything."""
    drawn = node_tables.nodes(made("empty"))

    assert drawn.rows == ()
    assert drawn.note


def test_a_nodes_row_holds_the_figures_of_the_report(made):
    """Unrounded; rounding is for showing."""
    report = made("holds")
    table = node_tables.nodes(report)

    assert named(table)["caller sees, ms p95"] == report.nodes[-1].client_ms_p95
    assert named(node_tables.tokens(report))["first token, ms p50"] == 41.3
    assert table.note == "Read back from the traces, which hold 879 of 880 requests."


def test_a_terminal_is_shown_some_of_them(made):
    """The same figures as in the wide tables."""
    report = made("holds")
    wide = named(node_tables.nodes(report)) | named(node_tables.tokens(report))

    assert named(node_tables.brief(report)).items() <= wide.items()


def test_withheld_figures_give_their_reason_and_never_zero(made):
    """Counts stay, for they are known."""
    row = node_tables.nodes(made("unknown")).rows[0]

    assert row[2:5] == (600, 0, 600)
    assert {value.word for value in row[5:] if isinstance(value, Missing)} == {"withheld"}
    assert 0.0 not in row[5:]
