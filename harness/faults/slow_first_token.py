"""A stream that takes long to begin."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_streams


def slow_first_token(hold_ms: float, *, default: bool = False) -> Fault:
    """The head comes at once, the first event `hold_ms` after the request."""
    return Fault(
        f"slow-first-token-{hold_ms:g}ms",
        f"the stream's first event comes {hold_ms:g} ms after the request",
        Effect(first_event_ms=hold_ms),
        Expected("slower", slower_ms=hold_ms),
        only_streams,
        default=default,
    )


FAULTS = (slow_first_token(500, default=True),)
