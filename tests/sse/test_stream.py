"""A stream as its reader sees it."""

import json

import pytest

from harness.sse import DIALECTS, Reply, TextStream, error_event
from harness.sse.events import Limits

CHUNKS = DIALECTS["openai"].encode(["Deep", " learning"], "stop")


def read(*chunks, dialect="openai", **ended):
    stream = TextStream(dialect)
    for at, chunk in enumerate(chunks):
        stream.feed(at * 10, chunk)
    stream.finish(len(chunks) * 10, **ended)
    return stream


def test_a_recorded_stream_is_read_as_it_was_said(request):
    """17 tokens of a real comp come with their times, their reason and their end (recorded from GenAIComps 8130a3f)."""
    path = request.config.rootpath / "tests" / "data" / "recorded" / "llm_textgen__chat_stream.json"
    lines = json.loads(path.read_text())["response"]["body"]["sse_lines"]
    stream = TextStream("openai")
    for at_s, line in lines:
        stream.feed(round(at_s * 1e9), line.encode() + b"\n\n")
    stream.finish(10**9)

    assert stream.text.startswith(" and. helx")
    assert (stream.tokens, stream.finish_reason, stream.outcome) == (17, "length", "whole")
    assert stream.content_ns[0] == 89_400_000


def test_a_role_alone_is_no_content():
    """The first content is the first text, not the first event."""
    stream = read(*CHUNKS)

    assert stream.content_ns == [10, 20]


def test_deltas_come_as_soon_as_their_event_is_whole():
    """feed returns what this chunk completed, no more and no less."""
    stream = TextStream("openai")
    half = len(CHUNKS[1]) // 2

    assert [delta.role for delta in stream.feed(0, CHUNKS[0] + CHUNKS[1][:half])] == ["assistant"]
    assert [delta.text for delta in stream.feed(1, CHUNKS[1][half:])] == ["Deep"]
    assert (stream.outcome, stream.why, stream.content_ns) == ("open", None, [1])


def test_an_end_mark_without_a_finish_reason_is_incomplete():
    """`[DONE]` alone does not make a truncated answer whole."""
    stream = read(*CHUNKS[:3], b"data: [DONE]\n\n")

    assert stream.is_ended
    assert stream.why == "the stream ended without its finish_reason, after 4 events, 2 with text"


def test_a_stream_that_was_cut_is_incomplete():
    """The partial event is reported before the missing end."""
    stream = read(*CHUNKS[:2], CHUNKS[2][:30], is_clean=False)

    assert stream.outcome == "malformed"
    assert stream.why.startswith("event 2 at byte ")
    assert "the stream ended before the blank line that ends the event" in stream.why


def test_an_empty_body_is_incomplete():
    """Nothing is not an answer."""
    stream = read()

    assert stream.why == "the stream ended without its end mark (data: [DONE]), after 0 events, 0 with text"
    assert (stream.text, stream.content_ns) == ("", [])


def test_json_where_a_stream_was_promised_is_malformed():
    """A body that is no stream is never an empty success."""
    stream = read(b'{"choices":[]}')

    assert stream.outcome == "malformed"


def test_what_follows_the_end_is_counted_and_not_read():
    """Text and a second end mark after the first are neither text nor tokens."""
    stream = read(*CHUNKS, CHUNKS[1], b"data: [DONE]\n\n")

    assert (stream.after_end, stream.text, stream.outcome) == (2, "Deep learning", "whole")


def test_an_error_event_makes_the_stream_an_error():
    """The words of the error are told, and what came before is kept."""
    stream = read(*CHUNKS[:2], error_event({"status": 502, "detail": "node llm broke off"}))

    assert (stream.outcome, stream.text) == ("error", "Deep")
    assert stream.why == "the server sent an error after 1 tokens: node llm broke off"


def test_a_malformed_event_is_kept_in_its_place():
    """The reader learns which event it was, and goes on."""
    stream = read(CHUNKS[0], b"data: {broken\n\n", *CHUNKS[1:])

    assert stream.outcome == "malformed"
    assert stream.malformed[0].index == 1
    assert stream.text == "Deep learning"


def test_a_raw_delta_that_lost_a_line_keeps_the_rest():
    """A newline in a delta, written as OPEA does, breaks the framing and is seen."""
    stream = read(b"data: one\ntwo\n\n", b"data: [DONE]\n\n", dialect="raw_delta")

    assert stream.text == "one"
    assert stream.malformed[0].sample == b"two"


def test_raw_text_ends_only_with_a_clean_end():
    """Without an end mark only the connection's end tells."""
    assert read(b"Deep", dialect="raw_text").outcome == "whole"
    assert read(b"Deep", dialect="raw_text", is_clean=False).outcome == "incomplete"


def test_half_a_character_at_the_end_is_malformed():
    """A stream that ends inside a character is not whole."""
    stream = read("é".encode()[:1], dialect="raw_text")

    assert stream.outcome == "malformed"
    assert "inside a character" in stream.why


def test_the_usage_that_the_server_told_is_kept():
    """Counts come from the chunk that carries them."""
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    stream = read(*DIALECTS["openai"].encode(["a"], "stop", Reply(usage=usage)))

    assert stream.usage == usage


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_stream_can_be_cut_after_n_tokens(n):
    """Cutting the bytes at an event's end leaves exactly the events before."""
    whole = b"".join(DIALECTS["openai"].encode(["a", "b", "c"], "stop"))
    contents = [delta for delta in TextStream("openai").feed(0, whole) if delta.text]
    stream = read(whole[: contents[n - 1].event.end])

    assert (stream.text, stream.malformed, stream.outcome) == ("abc"[:n], [], "incomplete")


def test_the_first_malformed_event_is_the_one_that_is_told():
    """What follows may be its consequence."""
    stream = read(b"data: {first\n\n", b"data: 7\n\n", *CHUNKS)

    assert len(stream.malformed) == 2
    assert stream.why == str(stream.malformed[0])
    assert stream.why != str(stream.malformed[1])


def test_what_the_end_completes_is_given_at_the_end():
    """A last line without its newline is an event of a stream of lines."""
    stream = TextStream("ndjson")
    before = stream.feed(1, b'{"response": "a", "done": false}\n{"response": "b", "done": true}')
    after = stream.finish(2)

    assert ([each.text for each in before], [each.text for each in after]) == (["a"], ["b"])


def test_only_the_first_error_is_told():
    """What follows may be its consequence."""
    stream = read(error_event({"detail": "one"}), error_event({"detail": "two"}))

    assert stream.why == "the server sent an error after 0 tokens: one"
    assert stream.event_count == 2


def test_an_error_counts_more_than_what_is_malformed():
    """And what is malformed more than what is missing."""

    assert read(b"data: {\n\n", error_event({"detail": "one"})).outcome == "error"
    assert read(b"data: {\n\n").outcome == "malformed"
    assert read(*CHUNKS[:1]).outcome == "incomplete"


def test_an_end_without_its_reason_is_incomplete_before_the_body_ends():
    """Where the dialect tells one; where it does not, the end mark is enough."""
    stream, plain = TextStream("openai"), TextStream("raw_delta")
    for each in (stream, plain):
        each.feed(0, b"data: [DONE]\n\n")

    assert (stream.outcome, stream.is_ended, stream.finished) == ("incomplete", True, False)
    assert (plain.outcome, plain.why) == ("whole", None)


def test_nothing_was_read_of_a_stream_that_has_not_begun():
    """It is open."""
    stream = TextStream("openai")

    assert (stream.outcome, stream.why, stream.tokens, stream.event_count, stream.after_end) == (
        "open",
        None,
        0,
        0,
        0,
    )
    assert (stream.finish_reason, stream.usage, stream.error, stream.is_ended, stream.finished) == (
        *(None, None, None),
        *(False, False),
    )


def test_what_remains_inside_a_character_is_told_with_its_place():
    """After the events that came; the text before it is kept."""
    stream = read("aé".encode()[:2], dialect="raw_text")

    assert (stream.malformed[0].index, stream.malformed[0].offset, stream.text) == (1, 0, "a")
    assert (stream.finished, stream.is_ended) == (True, True)


def test_a_clean_end_ends_only_text_without_framing():
    """Every other dialect has a mark."""

    assert [name for name in DIALECTS if read(dialect=name).is_ended] == ["raw_text"]


def test_a_malformed_event_gives_the_text_that_it_kept():
    """With what is wrong with it; one that kept none gives none."""
    stream = TextStream("raw_delta")
    kept, lost = stream.feed(0, b"data: one\ntwo\n\nlost\n\n")

    assert (kept.text, kept.malformed.sample) == ("one", b"two")
    assert (lost.text, lost.malformed.sample) == ("", b"lost")


def test_limits_are_those_that_are_given():
    """For whoever reads what nobody knows."""
    stream = TextStream("openai", Limits(line_bytes_max=10))
    stream.feed(0, CHUNKS[1])

    assert stream.malformed[0].why == "the line is longer than 10 bytes"


def test_a_reason_and_counts_are_kept_though_a_later_event_has_none():
    """The last that was told counts."""
    usage = b'data: {"choices": [], "usage": {"completion_tokens": 1}}\n\n'
    stream = read(
        *CHUNKS[:2], b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n', usage, CHUNKS[1]
    )

    assert (stream.finish_reason, stream.usage) == ("length", {"completion_tokens": 1})
