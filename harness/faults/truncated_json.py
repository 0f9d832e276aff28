"""Half of the reply's JSON, with a length that says it is all."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_whole


def first_half(body: bytes) -> bytes:
    """The first half of the bytes; of one byte, none."""
    return body[: len(body) // 2]


FAULTS = (
    Fault(
        "truncated-json",
        "the reply is the first half of its JSON, with the length of the half",
        Effect(body=first_half),
        Expected("error", (502,), ("bad_json",)),
        only_whole,
        default=True,
    ),
)
