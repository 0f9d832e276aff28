"""The squares of the fault x node table."""

from harness.report import FaultCell
from reports.fault_table import Square, fault_nodes, fault_squares


def cell(mode: str, verdict: str) -> FaultCell:
    return FaultCell(fault="status-500", node="llm", mode=mode, verdict=verdict)


def test_faults_go_down_and_nodes_across_in_the_graphs_order(made):
    """Every fault has a square for every node."""
    report = made("holds")
    shuffled = report.model_copy(update={"faults": report.faults[::-1]})

    assert fault_nodes(shuffled) == ("guardrail_in", "embedding", "retriever", "rerank", "llm")
    assert {len(line) for line in fault_squares(report)} == {5}
    assert len(fault_squares(report)) == 12


def test_modes_that_agree_are_one_word():
    """Words and symbols, so that colour is not needed."""
    assert Square("f", "llm", (cell("json", "holds"), cell("stream", "holds"))).says == "✓ holds"


def test_modes_that_disagree_are_spelt_out_and_the_worst_counts():
    """A square that is half red is red."""
    square = Square("f", "llm", (cell("json", "holds"), cell("stream", "violated")))

    assert (square.word, square.mixed) == ("violated", True)
    assert square.says == "json: ✓ holds, stream: ✕ violated"


def test_a_mode_in_which_the_fault_makes_no_sense_is_not_a_disagreement():
    """The one that counts is named."""
    square = Square("f", "llm", (cell("json", "n/a"), cell("stream", "holds")))

    assert (square.word, square.mixed, square.says) == ("holds", False, "✓ holds, stream only")


def test_a_fault_that_was_never_put_on_a_node_was_not_run():
    """An empty square is not green."""
    assert (Square("f", "llm", ()).word, Square("f", "llm", ()).says) == ("n/a", "not run")
