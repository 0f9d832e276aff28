"""JSON with more white space than needed, which changes nothing."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_whole


def padded(body: bytes) -> bytes:
    """The same JSON with white space around it."""
    return b"\r\n\t  " + body + b"  \n"


FAULTS = (
    Fault(
        "extra-whitespace",
        "white space stands around the reply",
        Effect(body=padded),
        Expected("same"),
        only_whole,
    ),
)
