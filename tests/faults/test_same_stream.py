"""However a stream is written, its text is the same."""

import pytest

from harness.faults.same_stream import FAULTS, with_comments, with_crlf
from harness.sse import TextStream


@pytest.mark.parametrize("change", [with_crlf, with_comments])
@pytest.mark.parametrize("dialect", ["openai", "py_bytes"])
def test_the_text_is_the_same(change, dialect, streams):
    """Line ends and comments are no text."""
    before, after = TextStream(dialect), TextStream(dialect)
    before.feed(0, streams[dialect])
    after.feed(0, change(streams[dialect]))

    assert change(streams[dialect]) != streams[dialect]
    assert (after.outcome, after.text) == ("whole", before.text)


def test_only_server_sent_events_have_comments(hop):
    """JSON lines are unfit, and say why; pieces of any stream may come at once."""
    coalesced, crlf, comments = FAULTS

    assert crlf.unfit(hop("ndjson")) == "llm streams ndjson, which is no stream of server-sent events"
    assert comments.unfit(hop("openai")) is None
    assert coalesced.unfit(hop("ndjson")) is None
    assert coalesced.unfit(hop("llm")) == "llm does not stream in json mode"
