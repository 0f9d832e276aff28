"""The same stream, written differently: whatever a stream is cut into, its text is the same."""

from harness.fault import Effect, Expected, Fault, Target
from harness.faults._fit import only_streams
from harness.faults._pieces import pieces

_SAME = Expected("same")


def with_crlf(body: bytes) -> bytes:
    """Lines that end in CRLF, as the standard allows."""
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def with_comments(body: bytes) -> bytes:
    """A comment after each event, as servers send to keep a connection."""
    return b"".join(event + b": still here\n\n" for event in pieces(body))


def only_sse(target: Target) -> str | None:
    """For what the standard of server-sent events allows."""
    if target.dialect in ("ndjson", "raw_text", "agent_lines"):
        return f"{target.node} streams {target.dialect}, which is no stream of server-sent events"
    return only_streams(target)


FAULTS = (
    Fault(
        "coalesced-events", "all events come at once, at the end", Effect(gather=True), _SAME, only_streams
    ),
    Fault("crlf-lines", "lines end in CRLF", Effect(body=with_crlf), _SAME, only_sse),
    Fault("sse-comments", "a comment follows each event", Effect(body=with_comments), _SAME, only_sse),
)
