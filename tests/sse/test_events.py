"""Events out of bytes."""

from hypothesis import given
from hypothesis import strategies as st

from harness.sse.events import ChunkParser, EventParser, Limits, LineParser


def parse(*chunks, parser=None):
    parser = parser or EventParser()
    events = [event for at, chunk in enumerate(chunks) for event in parser.feed(at, chunk)]
    return events + parser.finish(len(chunks))


def test_an_event_has_its_fields():
    """event, id and retry are read, several data lines are joined by a newline."""
    (event,) = parse(b"event: token\nid: 7\nretry: 1500\ndata: a\ndata:b\n\n")

    assert (event.name, event.id, event.retry_ms, event.data) == ("token", "7", 1500, b"a\nb")
    assert event.malformed is None


def test_only_one_space_after_the_colon_is_framing():
    """Tokens that begin with a space keep it."""
    (event,) = parse(b"data:  learning\n\n")

    assert event.data == b" learning"


def test_comments_and_blocks_without_data_are_no_events():
    """A keep-alive, a retry and an event without data are passed over."""
    events = parse(b": ping\n\nretry: 10\n\nevent: nothing\n\n\n\ndata: x\n\n")

    assert [(event.index, event.name, event.data) for event in events] == [(0, "message", b"x")]


def test_a_byte_order_mark_is_no_content_even_in_two_chunks():
    """A BOM at the start is passed over; elsewhere it is content."""
    first, second = parse(b"\xef\xbb", b"\xbfdata: x\n\ndata: \xef\xbb\xbf\n\n")

    assert (first.data, second.data) == (b"x", b"\xef\xbb\xbf")


def test_an_event_is_stamped_with_the_chunk_that_completed_it():
    """The time of an event is the time of its last byte's chunk."""
    events = parse(b"data: a", b"\n\ndata: b\n\ndat", b"a: c\n\n")

    assert [event.received_ns for event in events] == [1, 1, 2]


def test_offset_and_end_cut_the_stream_into_its_events():
    """The bytes from offset to end are the event with its framing."""
    whole = b"data: a\r\n\r\n: note\nid: 1\ndata: b\n\n"
    events = parse(whole)

    assert [whole[event.offset : event.end] for event in events] == [whole[:11], whole[11:]]


def test_a_line_that_is_no_field_is_malformed():
    """Text that lost its framing is reported with event, byte and sample."""
    _, second = parse(b"data: one\n\ndata: two\nlost words\n\n")

    assert str(second.malformed) == (
        "event 1 at byte 11: the line is no field of a server-sent event, seen b'lost words'"
    )
    assert second.data == b"two"


def test_a_partial_event_at_the_end_is_malformed():
    """An event without its blank line is reported, and its data are not given."""
    _, last = parse(b"data: one\n\ndata: tw")

    assert last.data == b""
    assert str(last.malformed) == (
        "event 1 at byte 11: the stream ended before the blank line that ends the event, seen b'data: tw'"
    )


def test_half_a_comment_at_the_end_is_nothing():
    """A keep-alive cut in two is no lost event."""
    assert parse(b"data: one\n\n: pin")[1:] == []


def test_a_line_over_the_limit_is_malformed_and_the_next_event_is_read():
    """One huge line costs its event, not the stream."""
    first, second = parse(
        b"data: " + b"x" * 100 + b"\n\ndata: y\n\n", parser=EventParser(Limits(line_bytes_max=50))
    )

    assert first.malformed.why == "the line is longer than 50 bytes"
    assert (second.data, second.malformed) == (b"y", None)


def test_an_event_over_the_limit_is_malformed():
    """Many short lines are bounded too."""
    (event,) = parse(b"data: xxxxx\n" * 5 + b"\n", parser=EventParser(Limits(event_bytes_max=12)))

    assert event.malformed.why == "the event is longer than 12 bytes"
    assert len(event.data) <= 12


def test_an_event_as_long_as_the_limit_is_whole_each_time():
    """What one event held is not counted against the next."""
    one = b"data: xxxxx\n\n"
    events = parse(one * 3, parser=EventParser(Limits(event_bytes_max=5)))

    assert [(event.data, event.malformed) for event in events] == [(b"xxxxx", None)] * 3


def test_a_line_parser_gives_each_line():
    """Lines are events; blank ones are none, and the last needs no newline."""
    events = parse(b'{"a":1}\n\n{"b"', b":2}", parser=LineParser())

    assert [(event.index, event.data) for event in events] == [(0, b'{"a":1}'), (1, b'{"b":2}')]


def test_a_line_parser_reports_a_line_over_the_limit():
    """A huge line has no data but its sample."""
    (event,) = parse(b"x" * 60 + b"\n", parser=LineParser(Limits(line_bytes_max=50)))

    assert event.data == b""
    assert event.malformed.why == "the line is longer than 50 bytes"


def test_a_chunk_parser_gives_each_chunk_that_is_not_empty():
    """Without framing a chunk is the only event there is."""
    events = parse(b"abc", b"", b"d", b"ef", parser=ChunkParser())
    rows = [(event.data, event.offset, event.end, event.index) for event in events]

    assert rows == [(b"abc", 0, 3, 0), (b"d", 3, 4, 1), (b"ef", 4, 6, 2)]


PIECES = st.sampled_from(
    [b"data: a", b"data:", b"\r", b"\n", b"\r\n", b": c", b"id: 1", b"event: e", b"x", b"\xff"]
)


@given(st.lists(PIECES, max_size=30), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_the_chunking_does_not_matter(pieces, sizes):
    """Whatever the bytes, any chunking gives the same events."""
    whole, chunks, at = b"".join(pieces), [], 0
    while at < len(whole):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(whole[at : at + size])
        at += size

    def seen(events):
        return [(event.index, event.data, event.name, event.id, event.malformed) for event in events]

    assert seen(parse(*chunks)) == seen(parse(whole))
