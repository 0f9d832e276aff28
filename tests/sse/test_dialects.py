"""Every dialect reads what it writes."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.sse import DIALECTS, DialectName, Reply, TextStream

AWKWARD = [
    "it's",
    ' "quoted" ',
    "back\\slash",
    "new\nline",
    "\n",
    "é",
    "👩‍🚀",
    "b'x'",
    "data: y",
    "</s>",
    " ",
]


def read(dialect, chunks):
    stream = TextStream(dialect)
    for at, chunk in enumerate(chunks):
        stream.feed(at, chunk)
    stream.finish(len(chunks))
    return stream


def test_every_name_has_its_dialect():
    """The names of the type and of the table are the same."""
    assert list(DIALECTS) == list(get_args(DialectName))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_whole_stream_is_whole_in_every_dialect(dialect):
    """Text, end and reason come back; apostrophes, quotes, backslashes, newlines and characters of many bytes too."""
    stream = read(dialect, DIALECTS[dialect].encode(AWKWARD, "stop"))

    assert (stream.text, stream.outcome, stream.why) == ("".join(AWKWARD), "whole", None)
    assert stream.tokens == len(AWKWARD)
    assert stream.finish_reason == ("stop" if DIALECTS[dialect].tells_finish else None)


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "raw_text"])
def test_a_stream_without_its_tail_is_incomplete_in_every_dialect(dialect):
    """Without the end mark no stream is whole, however cleanly it ended."""
    stream = read(dialect, DIALECTS[dialect].encode(AWKWARD, "stop")[:-1])

    assert stream.outcome == "incomplete"
    assert DIALECTS[dialect].end_mark in stream.why


TEXTS = st.lists(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=8), max_size=6
)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(deadline=None)  # A busy machine is no fault.
@given(texts=TEXTS, sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_every_chunking_gives_the_same_text(dialect, texts, sizes):
    """However the bytes are split or merged, text and outcome are the same."""
    texts = [text for text in texts if text != "[DONE]"]
    whole, chunks, at = b"".join(DIALECTS[dialect].encode(texts, "length", Reply(kind="text"))), [], 0
    while at < len(whole):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(whole[at : at + size])
        at += size
    stream = read(dialect, chunks)

    assert (stream.text, stream.outcome) == ("".join(texts), "whole")
