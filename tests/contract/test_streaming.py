"""Streams, judged on bytes and times that were made up."""

import pytest

from harness.contract.check import Broken, Skipped
from harness.contract.streaming import (
    CUTS_MAX,
    any_chunks,
    content_type,
    cuts,
    end_mark,
    first_byte,
    framing,
    is_dialect,
    read,
)
from harness.contract.talk import Answer
from harness.sse import DIALECTS

NAMES = ["openai", "py_bytes", "raw_delta", "json_ops", "py_repr", "ndjson", "tgi"]


def streamed(dialect="openai", texts=("Deep", " learning"), tail=None, *, gap_ns=1000):
    """An answer that streams these texts."""
    *events, last = DIALECTS[dialect].encode(list(texts), "stop")
    events = [*events, last if tail is None else tail]
    pieces = tuple((at * gap_ns, event) for at, event in enumerate(events))
    return Answer(200, DIALECTS[dialect].content_type, b"".join(events), pieces)


@pytest.mark.parametrize("dialect", NAMES)
def test_a_stream_of_each_dialect_passes_every_judge(dialect):
    """Whatever its framing and its end mark."""
    answer = streamed(dialect)

    assert [
        judge(answer, dialect)
        for judge in (content_type, framing, is_dialect, first_byte, end_mark, any_chunks)
    ] == [None] * 6
    assert read(answer, dialect).text == "Deep learning"


def test_a_stream_whose_type_is_another_is_told():
    """A proxy that buffers goes by the type."""
    answer = streamed()

    assert content_type(Answer(200, "application/json", answer.body, answer.pieces), "openai") == Broken(
        "content type: is 'application/json', no text/event-stream", "text/event-stream", "application/json"
    )


def test_an_event_that_cannot_be_read_is_told_with_its_place():
    """By index and byte."""
    found = framing(streamed(tail=b"data: {oops\n\n"), "openai")

    assert found.why.startswith("event 3 at byte ")


def test_another_dialect_is_told_by_its_name():
    """What it is, and what was promised."""

    assert is_dialect(streamed("tgi"), "openai") == Broken(
        "the events are those of tgi, openai was promised", "openai", "tgi"
    )


def test_a_stream_without_text_is_no_stream_of_its_dialect():
    """However well it is framed."""

    assert is_dialect(streamed(texts=()), "openai").why == "no text can be read in the dialect openai"


def test_tokens_that_come_at_once_are_no_streaming():
    """The times tell it, not the events."""

    assert first_byte(streamed(gap_ns=0), "openai").why == (
        "all 2 tokens came at once, so this is no streaming"
    )


def test_one_token_cannot_show_whether_it_streams():
    """That is neither good nor bad."""

    assert isinstance(first_byte(streamed(texts=("one",)), "openai"), Skipped)


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        (b"", "the stream ended without its end mark"),
        (b"data: [DONE]\n\n", "the stream ended"),
        (None, None),
    ],
)
def test_a_stream_without_its_end_is_told(tail, why):
    """No mark, or a mark without its finish_reason."""
    found = end_mark(streamed(tail=tail), "openai")

    assert found is None if why is None else bool(found.why)


def test_what_follows_the_end_mark_is_told():
    """The reader would miss it."""
    whole = streamed()
    more = DIALECTS["openai"].encode(["late"], "stop")[1]
    answer = Answer(200, whole.content_type, whole.body + more, (*whole.pieces, (9_000, more)))

    assert end_mark(answer, "openai").why == "1 events follow the end mark (data: [DONE])"


def test_a_text_that_depends_on_the_cuts_is_told():
    """A server's bytes and their pieces must say the same."""
    answer = streamed()
    torn = Answer(200, answer.content_type, answer.body, answer.pieces[:-2])

    assert any_chunks(torn, "openai").why == "the text differs when the bytes are cut at 0"


def test_a_short_stream_is_cut_everywhere_and_a_long_one_at_many_places():
    """From nothing before the cut to nothing behind it."""

    assert list(cuts(3)) == [0, 1, 2, 3]
    assert list(cuts(CUTS_MAX // 2)) == list(range(CUTS_MAX // 2 + 1))
    assert CUTS_MAX <= len(list(cuts(100_000))) <= CUTS_MAX + 24
    assert list(cuts(100_000))[:1000] == list(range(1000))


def test_a_stream_whose_letters_are_cut_is_the_same_text():
    """Letters of several bytes too."""

    assert any_chunks(streamed(texts=("Grüße ", "深度学习 😀")), "openai") is None


def test_text_without_framing_is_not_judged_by_its_content_type():
    """Upstream sends it under several, and under none."""
    found = content_type(streamed("raw_text", tail=b""), "raw_text")

    assert isinstance(found, Skipped)
    assert found.why.startswith("text without framing has no content type of its own")
