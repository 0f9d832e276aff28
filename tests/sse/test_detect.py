"""Telling a stream's dialect."""

import pytest

from harness.sse import DIALECTS, detect


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_recognised_by_its_beginning(dialect):
    """Content type and first events are enough."""
    head = b"".join(DIALECTS[dialect].encode(["Deep", " learning"], "stop"))

    assert detect(DIALECTS[dialect].content_type, head) == dialect


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_never_taken_for_another_however_little_there_is(dialect):
    """With every longer beginning the answer is none yet, or right."""
    head = b"".join(DIALECTS[dialect].encode(["Deep", " learning"], "stop"))
    content_type = DIALECTS[dialect].content_type

    assert {detect(content_type, head[:n]) for n in range(len(head))} <= {None, dialect}


@pytest.mark.parametrize(
    ("content_type", "head", "dialect"),
    [
        ("text/event-stream", b"", None),
        ("text/event-stream", b": ping\n\n", None),
        ("text/event-stream", b"data: [DONE]\n\n", None),
        ("text/event-stream; charset=utf-8", b": ping\n\ndata: b'a'\n\n", "py_bytes"),
        ("text/event-stream", b'event: error\ndata: {"error":1}\n\n', "openai"),
        ("text/event-stream", b"data: {'a': AIMessage(1)}\n\n", "py_repr"),
        ("text/event-stream", b"{'video_url': 'x'}\nDeep", "raw_text"),
        ("text/event-stream", b"Calling Tool: `search`\n\n", "agent_lines"),
        ("application/json", b'{"error":"no such model"}\n', "ndjson"),
        ("", b"Deep", "raw_text"),
    ],
)
def test_what_is_said_of_odd_beginnings(content_type, head, dialect):
    """Keep-alives and early ends say nothing; unframed text is not taken for events."""
    assert detect(content_type, head) == dialect
