"""A container that is frozen amid a stream leaves half an answer."""

from harness.faults.container_stalled import FAULTS


def test_its_stream_falls_silent(hop):
    """It fits what streams, and a time-out is what should come of it."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.statuses, fault.amid_stream) == ("pause", (504,), True)
    assert fault.unfit(hop("openai")) is None
    assert fault.unfit(hop("embedding")) == "embedding does not stream in json mode"
