"""Telling a stream's dialect from its content type and its first bytes."""

import ast

import orjson

from harness.sse.decode import DONE
from harness.sse.dialects import DialectName
from harness.sse.events import BOM, EventParser


def detect(content_type: str, head: bytes) -> DialectName | None:
    """The dialect of a stream that begins with `head`; None as long as there is too little to tell.

    A first event whose text happens to be a literal of Python is taken for that literal.
    """
    if "ndjson" in content_type:
        return "ndjson"
    first = head.removeprefix(BOM).lstrip(b"\r\n").split(b"\n", 1)[0].rstrip(b"\r") if b"\n" in head else b""
    if not first:
        return None if "event-stream" in content_type or not head else _unframed(head)
    if not first.startswith((b"data", b":", b"event:", b"id:", b"retry:")):
        return _unframed(first)
    for event in EventParser().feed(0, head):
        found = _framed(event.data)
        if found:
            return found
    return None


def _unframed(first: bytes) -> DialectName:
    if first.startswith((b"--- CALL ", b"Calling Tool: ", b"Tool Result: ")):
        return "agent_lines"
    line = _json(first)
    return "ndjson" if isinstance(line, dict) and ("done" in line or "error" in line) else "raw_text"


def _framed(data: bytes) -> DialectName | None:
    if data == DONE:
        return None
    chunk = _json(data)
    if isinstance(chunk, dict):
        if "ops" in chunk:
            return "json_ops"
        return "tgi" if "token" in chunk or "error_type" in chunk else "openai"
    literal = _literal(data)
    if isinstance(literal, bytes):
        return "py_bytes"
    return "py_repr" if isinstance(literal, str | dict) else "raw_delta"


def _json(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _literal(data: bytes) -> object:
    if data[:1] not in (b"b", b"'", b'"', b"{"):
        return None
    try:
        return ast.literal_eval(data.decode())
    except (ValueError, SyntaxError):
        return {} if data.startswith(b"{'") else None  # The repr of a state holds reprs of objects.
