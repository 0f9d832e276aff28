"""A stream falls silent where the fault's name says."""

from harness.faults.stalled_stream import stalled


def test_the_name_carries_the_count():
    """Name and effect agree; the expectation is a time-out."""
    fault = stalled(2)

    assert (fault.name, fault.effect.stall_after_events) == ("stalled-stream-2", 2)
    assert "idle_timeout" in fault.expected.kinds


def test_only_streams_stall(hop):
    """A node that does not stream in the mode at hand is unfit."""
    assert stalled(2).unfit(hop("llm")) == "llm does not stream in json mode"
