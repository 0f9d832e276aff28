"""One event cannot be read, and all others can."""

import pytest

from harness.faults.malformed_event import FAULTS, half_event
from harness.sse import TextStream


@pytest.mark.parametrize("dialect", ["openai", "py_bytes", "ndjson"])
def test_the_second_event_is_malformed(dialect, streams):
    """A reader of the dialect finds exactly one event malformed, the second."""
    stream = TextStream(dialect)
    stream.feed(0, half_event(streams[dialect]))
    stream.finish(1)

    assert [each.index for each in stream.malformed] == [1]


def test_a_single_event_stays():
    """There is no second event to break, so nothing fires."""
    assert half_event(b"data: [DONE]\n\n") == b"data: [DONE]\n\n"


def test_free_text_cannot_be_malformed(hop):
    """Where every event is a right one, the fault is unfit and says so."""
    assert FAULTS[0].unfit(hop("raw_delta")) == "llm streams raw_delta, in which every event is a right one"
    assert FAULTS[0].unfit(hop("llm")) == "llm does not stream in json mode"
    assert FAULTS[0].unfit(hop("openai")) is None
