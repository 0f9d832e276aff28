"""Vectors of another length than the model's."""

from typing import Any

import orjson

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_vectors

VECTOR_LENGTH_MIN = 8  # Shorter lists of numbers are shapes and counts.


def is_vector(value: Any) -> bool:
    """Whether a JSON value is a list of numbers long enough to be a vector."""
    return (
        isinstance(value, list)
        and len(value) >= VECTOR_LENGTH_MIN
        and all(isinstance(each, int | float) for each in value)
    )


def one_short(body: bytes) -> bytes:
    """Every vector without its last number, wherever in the JSON it stands; what is no JSON stays as it is."""
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    shorter = _shortened(reply)
    return body if shorter == reply else orjson.dumps(shorter)


def _shortened(value: Any) -> Any:
    if is_vector(value):
        return value[:-1]
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    return value


FAULTS = (
    Fault(
        "wrong-dimension",
        "every vector is one number short",
        Effect(body=one_short),
        Expected("error", (502,), ("bad_dim",)),
        only_vectors,
        default=True,
    ),
)
