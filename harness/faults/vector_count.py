"""Fewer vectors than texts."""

from typing import Any

import orjson

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_vectors


def one_fewer(body: bytes) -> bytes:
    """The list of vectors (OpenAI's `data`, TEI's list of lists) without its last; another reply stays as it is."""
    try:
        reply: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    found = reply.get("data") if isinstance(reply, dict) else reply
    if not isinstance(found, list) or not found or not isinstance(found[0], dict | list):
        return body
    found.pop()
    return orjson.dumps(reply)


FAULTS = (
    Fault(
        "vector-missing",
        "the last vector is missing",
        Effect(body=one_fewer),
        Expected("error", (502,), ("bad_schema", "bad_dim")),
        only_vectors,
    ),
)
