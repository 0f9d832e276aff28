"""Why a figure is not shown."""

import pytest

from harness.report import Coverage, NodeRow, Quantiles, VerdictRow
from reports.missing import node_figure, nodes_note, part_absent, quantile, too_few, withheld
from reports.wording import Missing


def test_figures_of_nodes_are_withheld_below_the_floor_of_coverage(made):
    """Even a figure that is there is not shown then."""
    report = made("unknown")
    row = NodeRow(node="llm", calls=600, client_ms_p50=3.0)

    assert withheld(report)
    assert node_figure(report, row, "client_ms_p50") == Missing("withheld", nodes_note(report))
    assert (
        nodes_note(report)
        == "Withheld: 0.930 of the requests were found whole in the traces; figures need 0.99."
    )


def test_a_coverage_that_is_not_known_withholds_too(made):
    """Unknown is not whole."""
    report = made("holds").model_copy(update={"coverage": Coverage()})

    assert withheld(report)
    assert nodes_note(report) == "Withheld: how many requests the traces hold is not known."

    told = VerdictRow(
        id="traces.coverage", subject="traces", verdict="unknown", why="no trace store was given"
    )

    assert nodes_note(report.model_copy(update={"verdicts": [told]})) == "Withheld: no trace store was given."


def test_a_percentile_with_too_few_samples_says_how_many_it_needs():
    """Zero would be a lie."""
    assert quantile(Quantiles(count=120), "p99") == Missing("n=120", "p99 needs 299 samples, there are 120")
    assert too_few("p50", 0) == Missing("no samples", "nothing was measured")


def test_a_percentile_that_is_there_is_given():
    """The figure itself, not rounded."""
    assert quantile(Quantiles(count=400, p99=12.345678), "p99") == 12.345678


@pytest.mark.parametrize(("calls", "name"), [(600, "ttft_ms_p50"), (60, "itl_ms_p99")])
def test_a_node_without_a_stream_has_no_first_token(made, calls, name):
    """That is no fault, so the word is small; nor would more calls help."""
    figure = node_figure(made("holds"), NodeRow(node="embedding", calls=calls), name)

    assert figure == Missing("·", "no stream of tokens was seen on this node")


def test_a_part_that_was_not_run_is_told_from_one_that_left_nothing(made):
    """Both say what ran, or how the run ended."""
    assert (
        part_absent(made("interrupted"), "load") == "The load part was not run; what ran: correctness, chaos."
    )
    assert (
        part_absent(made("interrupted"), "chaos") == "The chaos part left no result; the run is interrupted."
    )
    report = made("interrupted")
    report = report.model_copy(update={"run": report.run.model_copy(update={"ended": "unbegun"})})

    assert part_absent(report, "chaos") == "The chaos part left no result; the run never began."
