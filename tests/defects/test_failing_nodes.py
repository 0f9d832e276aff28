"""Cases of nodes that fail."""

from harness.defects.failing_nodes import CUT, GAUGE
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
