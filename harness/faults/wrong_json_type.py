"""JSON of another type than promised."""

import orjson

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_whole

_BAD = Expected("error", (502,), ("bad_schema", "bad_json"))


def swapped(body: bytes) -> bytes:
    """An object in a list, a list in an object; what is no JSON stays as it is."""
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    return b'{"items":' + body + b"}" if isinstance(reply, list) else b"[" + body + b"]"


def null(body: bytes) -> bytes:
    """JSON's null, whatever it was."""
    del body
    return b"null"


def deep(body: bytes) -> bytes:
    """Ten thousand lists, one in the other."""
    del body
    return b"[" * 10_000 + b"]" * 10_000


FAULTS = (
    Fault(
        "list-for-object",
        "the reply stands in a list, or its list in an object",
        Effect(body=swapped),
        _BAD,
        only_whole,
    ),
    Fault("json-null", "the reply is null", Effect(body=null), _BAD, only_whole),
    Fault("deep-json", "the reply is 10,000 lists, one in the other", Effect(body=deep), _BAD, only_whole),
)
