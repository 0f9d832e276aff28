"""Cases of nodes that fail."""

from harness.defects.failing_nodes import BRANCH, CUT, GAUGE
from harness.defects.witness import Call, Witness
from harness.sse import TextStream


def test_a_cut_stream_has_words_and_no_end():
    """Else a gateway would be right to pass it on as it is."""
    read = TextStream("openai")
    read.feed(0, b"".join(CUT.pieces))
    read.finish(1)

    assert (read.text, read.outcome) == ("One two", "incomplete")


def test_all_ways_out_are_tried():
    """Six of them, each with the metrics read before and after."""
    assert len(GAUGE.cases) == 6
    assert all(case.counts for case in GAUGE.cases)


def test_a_sibling_is_to_be_let_go_and_its_task_waited_for():
    """One that is kept is as wrong as one whose task nobody waits for; one that was never called tells nothing."""
    expects = BRANCH.cases[1].expects
    left, kept = Call("slow", {}, {}, is_left=True), Call("slow", {}, {})
    orphan = "Task exception was never retrieved\n"

    assert expects.met(Witness(calls=[left]))
    assert not expects.met(Witness())
    assert not expects.met(Witness(calls=[kept]))
    assert not expects.met(Witness(calls=[left], said=orphan))
    assert expects.saw(Witness(calls=[kept], said=orphan)) == "slow kept, and 1 tasks of it left behind"
