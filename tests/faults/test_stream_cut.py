"""A stream is cut where the fault's name says, and only streams are."""

from harness.faults.stream_cut import stream_cut


def test_the_name_carries_the_count():
    """Name and effect agree on how many events get through."""
    assert (stream_cut(5).name, stream_cut(5).effect.cut_after_events) == ("stream-cut-5", 5)


def test_only_streams_are_cut(hop):
    """A node that does not stream in the mode at hand is unfit."""
    assert stream_cut(3).unfit(hop("openai")) is None
    assert stream_cut(3).unfit(hop("llm")) == "llm does not stream in json mode"
