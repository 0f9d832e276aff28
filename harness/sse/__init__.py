r"""Server-sent events and their kin: write, read and time them, in every dialect of OPEA.

Reading, as chunks come from a socket in whatever pieces:

    >>> stream = TextStream("openai")
    >>> chunks = DIALECTS["openai"].encode(["Deep", " learning"], "stop")
    >>> for at_ns, chunk in enumerate(chunks):
    ...     for delta in stream.feed(at_ns, chunk):
    ...         if delta.text:
    ...             print(repr(delta.text), delta.event.received_ns)
    'Deep' 1
    ' learning' 2
    >>> stream.finish(4)
    []
    >>> stream.text, stream.tokens, stream.finish_reason, stream.is_ended, stream.outcome
    ('Deep learning', 2, 'stop', True, 'whole')

A stream that broke off says so, and where:

    >>> broken = TextStream("openai")
    >>> _ = broken.feed(0, b"".join(chunks[:2])), broken.finish(1)
    >>> broken.outcome, broken.why
    ('incomplete', 'the stream ended without its end mark (data: [DONE]), after 2 events, 1 with text')

Writing, event by event (`error_event` stands in for the tail of a stream that fails):

    >>> encoder = DIALECTS["py_bytes"].encoder(Reply())
    >>> encoder.head(), encoder.text("it's"), encoder.tail("stop")
    (b'', b'data: b"it\'s"\n\n', b'data: [DONE]\n\n')

To cut a stream after an event, cut its bytes at `delta.event.end`. To find out what a stream is, `detect`.
A dialect's own end mark is `Dialect.end_mark`; `text` is choice 0 where there are several.
"""

from harness.sse.decode import Delta
from harness.sse.detect import detect
from harness.sse.dialects import DIALECTS, Dialect, DialectName
from harness.sse.encode import Encoder, Reply, error_event
from harness.sse.events import ChunkParser, Event, EventParser, Limits, LineParser, Malformed
from harness.sse.stream import Outcome, TextStream

__all__ = [
    "DIALECTS",
    "ChunkParser",
    "Delta",
    "Dialect",
    "DialectName",
    "Encoder",
    "Event",
    "EventParser",
    "Limits",
    "LineParser",
    "Malformed",
    "Outcome",
    "Reply",
    "TextStream",
    "detect",
    "error_event",
]
