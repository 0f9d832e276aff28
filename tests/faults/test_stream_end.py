"""A stream's end is missing, or is not the end."""

import pytest

from harness.faults.stream_end import FAULTS, with_more, without_last, without_reason
from harness.sse import TextStream

BY_NAME = {fault.name: fault for fault in FAULTS}


def read(dialect, body):
    stream = TextStream(dialect)
    stream.feed(0, body)
    stream.finish(1)
    return stream


@pytest.mark.parametrize("dialect", ["openai", "py_bytes", "ndjson"])
def test_without_its_end_mark_a_stream_is_incomplete(dialect, streams):
    """All text is there, and yet the reader cannot call it whole."""
    whole, cut = read(dialect, streams[dialect]), read(dialect, without_last(streams[dialect]))

    assert (whole.outcome, cut.outcome) == ("whole", "incomplete")
    assert whole.text == cut.text


def test_without_a_reason_a_stream_is_incomplete(streams):
    """The end mark alone does not make an OpenAI stream whole."""
    assert read("openai", without_reason(streams["openai"])).outcome == "incomplete"


@pytest.mark.parametrize("dialect", ["openai", "py_bytes", "ndjson"])
def test_what_follows_the_end_changes_nothing(dialect, streams):
    """The text is that of the stream as it was."""
    more = read(dialect, with_more(streams[dialect]))

    assert (more.outcome, more.after_end) == ("whole", 1)
    assert more.text == read(dialect, streams[dialect]).text


def test_unfit_dialects_say_why(hop):
    """A dialect without a reason, or without an end, is told apart."""
    assert BY_NAME["no-finish-reason"].unfit(hop("py_bytes")) == (
        "lvm streams py_bytes, which says no finish_reason"
    )
    assert BY_NAME["no-end-mark"].unfit(hop("raw_text")) == (
        "lvm streams raw_text, in which every event is a right one"
    )
    assert BY_NAME["no-finish-reason"].unfit(hop("llm")) == "llm does not stream in json mode"
