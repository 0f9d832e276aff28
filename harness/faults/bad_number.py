"""Numbers that are none."""

import re

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_numbers

_FRACTION = re.compile(rb"-?\d+\.\d+(?:[eE][-+]?\d+)?")
_BAD = Expected("error", (502,), ("bad_number", "bad_json"))


def _first_fraction(by: bytes, body: bytes) -> bytes:
    return _FRACTION.sub(by, body, count=1)


def with_nan(body: bytes) -> bytes:
    """NaN, which is no JSON though Python reads it, for the first number with a fraction."""
    return _first_fraction(b"NaN", body)


def with_infinity(body: bytes) -> bytes:
    """1e400, which is JSON and infinite as a float, for the first number with a fraction."""
    return _first_fraction(b"1e400", body)


FAULTS = (
    Fault("number-nan", "the first number with a fraction is NaN", Effect(body=with_nan), _BAD, only_numbers),
    Fault(
        "number-1e400",
        "the first number with a fraction is 1e400",
        Effect(body=with_infinity),
        _BAD,
        only_numbers,
    ),
)
