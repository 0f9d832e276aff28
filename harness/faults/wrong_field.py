"""A reply that lacks the field that matters."""

from collections.abc import Callable
from typing import Any

import orjson

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_whole

_BAD = Expected("error", (502,), ("bad_schema", "bad_dim", "bad_number"))


def largest(reply: dict[str, Any]) -> str:
    """The field that takes most bytes: the vectors, the documents, the choices, the text; an `id` says nothing."""
    telling = [name for name in reply if name != "id"] or list(reply)
    return max(telling, key=lambda name: len(orjson.dumps(reply[name])))


def without_largest(body: bytes) -> bytes:
    """The object without its largest field; each object of a list so."""
    return _changed(body, lambda reply, name: reply.pop(name))


def null_largest(body: bytes) -> bytes:
    """The object with null for its largest field; each object of a list so."""
    return _changed(body, lambda reply, name: reply.update({name: None}))


def _changed(body: bytes, change: Callable[[dict[str, Any], str], object]) -> bytes:
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    objects = [
        each for each in (reply if isinstance(reply, list) else [reply]) if isinstance(each, dict) and each
    ]
    for each in objects:
        change(each, largest(each))
    return orjson.dumps(reply) if objects else body


FAULTS = (
    Fault(
        "missing-field", "the reply lacks its largest field", Effect(body=without_largest), _BAD, only_whole
    ),
    Fault("null-field", "the reply's largest field is null", Effect(body=null_largest), _BAD, only_whole),
)
