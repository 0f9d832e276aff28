"""A stream that says, in the middle, that it failed."""

from harness.fault import Effect, Expected, Fault
from harness.faults._fit import only_events
from harness.faults._pieces import pieces

ERROR = b'{"error":{"message":"out of memory, by a fault of the harness","type":"server_error"}}'


def error_after_two(body: bytes) -> bytes:
    """Two events, an error in the stream's own framing, and the end."""
    kept = pieces(body)[:2]
    framed = b"event: error\ndata: " + ERROR + b"\n\n" if b"\n\n" in body else ERROR + b"\n"
    return b"".join((*kept, framed))


FAULTS = (
    Fault(
        "error-event",
        "the stream's third event is an error, and the last",
        Effect(body=error_after_two),
        Expected("error", (502,)),
        only_events,
    ),
)
