"""The connection is reset in the middle of the reply."""

from harness.fault import Effect, Expected, Fault

RESET = Expected("error", (502,), ("reset", "truncated"))


def reset(after_bytes: int, *, default: bool = False) -> Fault:
    """A TCP reset after so many bytes of the reply's body, before its last byte in any case."""
    return Fault(
        f"reset-mid-body-{after_bytes}b",
        f"the connection is reset after {after_bytes} bytes of the reply's body",
        Effect(reset_after_bytes=after_bytes),
        RESET,
        default=default,
    )


FAULTS = (
    reset(16, default=True),
    Fault("reset-at-once", "the connection is reset before the reply", Effect(reset_after_bytes=-1), RESET),
)
