"""`report.md`."""

import pytest

from reports.markdown import BYTES_MAX, as_markdown, escaped, markdown
from reports.tables import Column, Table


@pytest.mark.parametrize(
    "kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching", "large"]
)
def test_the_verdict_comes_first_and_the_whole_is_short(made, kind):
    """Whatever the run left, at most 60 kB."""
    report = made(kind)
    text = markdown(report)

    assert text.startswith(
        {"holds": "# ✓ Holds", "violated": "# ✕ Violated", "unknown": "# ? Unknown"}[report.verdict]
    )
    assert len(text.encode()) <= BYTES_MAX


def test_how_many_images_are_genuine_stands_behind_the_verdict(made):
    """Who reads no further has read that; a run without containers says nothing of them."""
    report = made("holds")
    without = report.model_copy(update={"run": report.run.model_copy(update={"images": ""})})

    assert markdown(report).splitlines()[2] == "Genuine images: 0 of 5"
    assert "Genuine images" not in "".join(markdown(without).splitlines()[:6])


def test_what_is_left_out_is_counted(made):
    """Nobody takes a part for the whole."""
    assert "more rows are in `report.json`" in markdown(made("large"))


def test_reasons_and_the_command_are_there(made):
    """A reader can repeat what went wrong."""
    text = markdown(made("violated"))

    assert "the fault did not fire: its counter stayed 0 (chaos.black-hole.rerank.json)" in text
    assert "`opea-harness run rag --only chaos --seed 7`" in text
    assert "```\nopea-harness run rag --seed 7 --rate 20 --duration 30\n```" in text


def test_a_table_survives_markup_in_its_cells():
    """Pipes, tags and backticks of a foreign reply stay text."""
    table = Table("t", "T", (Column("a"), Column("b", "code")), (("x|<b>`*", "p|q"),))

    assert "| x\\|&lt;b&gt;\\`\\* | `p\\|q` |" in as_markdown(table, 10, 100)
    assert escaped("[a](b)") == "\\[a\\](b)"


def test_figures_are_right_aligned_and_words_are_not():
    """Columns of figures can be read down."""
    table = Table("t", "T", (Column("a"), Column("n", "count")), (("x", 1),))

    assert "| --- | --: |" in as_markdown(table, 10, 100)


def test_a_report_of_nothing_but_endless_words_is_cut_at_a_line(made):
    """Even then it fits and says where the rest is."""
    report = made("empty").model_copy(update={"command": "echo\n" * 40_000})
    text = markdown(report)

    assert len(text.encode()) <= BYTES_MAX
    assert text.endswith("The rest is in `report.json`.\n")
