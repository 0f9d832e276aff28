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


@pytest.mark.parametrize(
    ("content_type", "head", "dialect"),
    [
        ("application/x-ndjson", b"", "ndjson"),
        ("text/event-stream", b"data: x", None),
        ("text/plain", b"", None),
        ("text/plain", b"--- CALL x", "agent_lines"),
        ("text/plain", b"Tool Result: x\n", "agent_lines"),
        ("text/plain", b'{"done": false}\n', "ndjson"),
        ("text/plain", b'{"other": 1}\n', "raw_text"),
        ("text/plain", b"[1]\n", "raw_text"),
        ("text/event-stream", b"\r\n\ndata: x\r\n\r\n", "raw_delta"),
        ("text/event-stream", b"\xef\xbb\xbfdata: b'x'\n\n", "py_bytes"),
        ("text/event-stream", b"event: e\ndata: x\n\n", "raw_delta"),
        ("text/event-stream", b"id: 1\ndata: x\n\n", "raw_delta"),
        ("text/event-stream", b"retry: 1\ndata: x\n\n", "raw_delta"),
        ("text/event-stream", b"data: [DONE]\n\ndata: 'x'\n\n", "py_repr"),
        ("text/event-stream", b'data: "x"\n\n', "py_repr"),
        ("text/event-stream", b"data: {'a': 1}\n\n", "py_repr"),
        ("text/event-stream", b"data: {a}\n\n", "raw_delta"),
        ("text/event-stream", b"data: b'x\n\n", "raw_delta"),
        ("text/event-stream", b"data: 7\n\n", "raw_delta"),
        ("text/event-stream", b'data: {"ops": []}\n\n', "json_ops"),
        ("text/event-stream", b'data: {"token": {}}\n\n', "tgi"),
        ("text/event-stream", b'data: {"error": "x", "error_type": "y"}\n\n', "tgi"),
        ("text/event-stream", b'data: {"choices": []}\n\n', "openai"),
    ],
)
def test_each_beginning_is_told_by_its_shape(content_type, head, dialect):
    """As soon as there is a whole line, or a whole event."""
    assert detect(content_type, head) == dialect
