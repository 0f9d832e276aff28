"""A stream falls into its events, and the events make the stream."""

import pytest

from harness.faults._pieces import pieces


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [b"data: a\n\n", b"data: b\n\n"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"data: a\r\n\r\n", b"data: b\r\n\r\n"]),
        (b'{"a":1}\n{"b":2}\n', [b'{"a":1}\n', b'{"b":2}\n']),
        (b"data: a\n\ndata: b", [b"data: a\n\n", b"data: b"]),
        (b"", []),
    ],
)
def test_each_event_keeps_its_framing(body, events):
    """Blank lines end server-sent events, line ends end JSON lines; nothing is lost."""
    assert pieces(body) == events
    assert b"".join(pieces(body)) == body
