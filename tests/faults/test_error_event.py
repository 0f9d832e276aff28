"""A stream fails aloud."""

import pytest

from harness.faults.error_event import FAULTS, error_after_two
from harness.sse import TextStream


@pytest.mark.parametrize("dialect", ["openai", "py_bytes", "ndjson"])
def test_the_reader_sees_the_error(dialect, streams):
    """Two events come through, then the error in the stream's own framing."""
    stream = TextStream(dialect)
    stream.feed(0, error_after_two(streams[dialect]))

    assert (stream.outcome, stream.event_count) == ("error", 3)
    assert stream.error == "out of memory, by a fault of the harness"


def test_text_without_events_is_unfit(hop):
    """Where nothing frames an event, none can be an error."""
    assert FAULTS[0].unfit(hop("raw_text")) == "lvm streams raw_text, which has no events to break"
