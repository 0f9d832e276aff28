"""A stream that falls silent in the middle."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_streams


def stalled(after_events: int) -> Fault:
    """After so many events with text nothing comes any more, and the connection stays."""
    return Fault(
        f"stalled-stream-{after_events}",
        f"the stream falls silent after {after_events} events with text",
        Effect(stall_after_events=after_events),
        Expected("error", (504,), ("idle_timeout", "total_timeout")),
        only_streams,
    )


FAULTS = (stalled(3),)
