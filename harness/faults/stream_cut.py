"""A stream that ends in the middle."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_streams


def stream_cut(after_events: int, *, default: bool = False) -> Fault:
    """The connection ends, as TCP sees it in good order, after so many events with text."""
    return Fault(
        f"stream-cut-{after_events}",
        f"the stream's connection ends after {after_events} events with text",
        Effect(cut_after_events=after_events),
        Expected("error", (502,), ("incomplete", "truncated", "reset")),
        only_streams,
        default=default,
    )


FAULTS = (stream_cut(3, default=True),)
