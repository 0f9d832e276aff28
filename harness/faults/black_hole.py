"""The node takes the request and never says a word."""

from harness.fault import Effect, Expected, Fault

FAULTS = (
    Fault(
        "black-hole",
        "the connection is taken, the request is read, and nothing ever comes",
        Effect(swallow=True),
        Expected("error", (504,), ("first_byte_timeout", "total_timeout")),
        default=True,
    ),
)
