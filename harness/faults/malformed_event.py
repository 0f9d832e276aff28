"""A stream with an event that cannot be read."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_marked_events
from harness.faults._pieces import pieces


def half_event(body: bytes) -> bytes:
    """The second event cut in half, its framing whole; a stream of one event stays as it is."""
    events = pieces(body)
    if len(events) < 2:
        return body
    said = events[1].rstrip(b"\r\n")
    events[1] = said[: len(said) // 2] + events[1][len(said) :]
    return b"".join(events)


FAULTS = (
    Fault(
        "malformed-event",
        "the stream's second event is cut in half",
        Effect(body=half_event),
        Expected("error", (502,), ("bad_event",)),
        only_marked_events,
    ),
)
