"""Events out of bytes."""

from hypothesis import given, settings
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


@settings(deadline=None)  # A busy machine is no fault.
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


def test_an_event_says_nothing_of_what_it_was_not_told():
    """Its name is that of a message; an empty name is none."""
    plain, named, other = parse(
        b"data: a\n\nevent:\nretry: 1x\nid\ndata\n\nevent: e\nid:x\nretry:5\ndata: b\n\n"
    )

    assert (plain.name, plain.id, plain.retry_ms) == ("message", None, None)
    assert (named.name, named.id, named.retry_ms, named.data) == ("message", "", None, b"")
    assert (other.name, other.id, other.retry_ms) == ("e", "x", 5)


def test_what_one_event_said_is_not_said_of_the_next():
    """Nor what a block without data said."""
    *_, last = parse(b"event: e\nid: 1\nretry: 5\nwrong\ndata: a\n\nevent: f\n\ndata: b\n\n")

    assert (last.index, last.name, last.id, last.retry_ms, last.malformed) == (1, "message", None, None, None)


def test_names_and_ids_that_are_no_utf8_are_read_all_the_same():
    """With a mark in the place of what cannot be read."""
    (event,) = parse(b"event: \xff\nid: \xff\ndata: a\n\n")

    assert (event.name, event.id) == ("\ufffd", "\ufffd")


def test_a_line_as_long_as_the_limit_is_read():
    """One byte more is not, and is shown as far as a message can hold."""
    limits = Limits(line_bytes_max=200)
    line = b"data: " + b"x" * 194
    good, bad = parse(line + b"\n\n" + line + b"x\n\n", parser=EventParser(limits))

    assert (good.data, good.malformed) == (b"x" * 194, None)
    assert (bad.data, bad.malformed.why) == (b"", "the line is longer than 200 bytes")
    assert bad.malformed.sample == line[:120]
    assert (bad.malformed.index, bad.malformed.offset) == (1, 202)


def test_an_event_one_byte_over_the_limit_is_malformed():
    """All its data are dropped; what is wrong with it first is what is told."""
    limits = Limits(event_bytes_max=3)
    exact, over, both = parse(
        b"data: a\ndata: bc\n\ndata: ab\ndata: cd\n\nwrong\ndata: abcd\n\n", parser=EventParser(limits)
    )

    assert (exact.data, exact.malformed) == (b"a\nbc", None)
    assert (over.data, over.malformed.why, over.malformed.sample) == (
        b"",
        "the event is longer than 3 bytes",
        b"cd",
    )
    assert both.malformed.why == "the line is no field of a server-sent event"


def test_four_megabytes_are_the_most_where_nothing_else_is_said():
    """Of an event; of a line one."""

    assert Limits() == Limits(line_bytes_max=1_048_576, event_bytes_max=4_194_304)


def test_what_is_left_at_the_end_is_shown_with_its_place():
    """Whole lines and the half one, as far as a message can hold; it is stamped with the end."""
    (only,) = parse(b"data: a\ndata: " + b"b" * 200)
    (line,) = parse(b"data: a\n")

    assert (only.index, only.offset, only.end, only.received_ns) == (0, 0, 214, 1)
    assert only.malformed.sample == (b"a\ndata: " + b"b" * 200)[:120]
    assert (line.data, line.end, line.malformed.sample) == (b"", 8, b"a")
    assert parse(b"wro\n")[0].malformed.why == "the stream ended before the blank line that ends the event"
    assert parse(b"event: x\n") == parse(b": x\n") == parse(b"") == []
    assert parse(b"data: a\n\nda")[1].offset == 9


def test_a_mark_of_byte_order_is_passed_over_once():
    """Alone on its line it leaves a blank one."""

    assert [event.data for event in parse(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n")] == [b""]
    assert [event.data for event in parse(b"\xef\xbb\xbf\ndata: a\n\n")] == [b"a"]


def test_lines_have_their_places_and_times():
    """Also the one that the end completes."""
    events = parse(b"a\r\n\nb\nc", b"d", parser=LineParser())

    assert [(each.offset, each.end, each.received_ns, each.data) for each in events] == [
        (0, 3, 0, b"a"),
        (4, 6, 0, b"b"),
        (6, 8, 2, b"cd"),
    ]
    assert parse(b"a\n\r", parser=LineParser())[1:] == []


def test_a_line_over_the_limit_tells_its_place_and_its_head():
    """A line as long as the limit is whole."""
    good, bad = parse(b"x" * 200 + b"\n" + b"y" * 201 + b"\n", parser=LineParser(Limits(line_bytes_max=200)))

    assert (good.data, good.malformed) == (b"x" * 200, None)
    assert (bad.malformed.index, bad.malformed.offset, bad.malformed.sample) == (1, 201, b"y" * 120)


def test_chunks_are_stamped_with_their_times():
    """The end leaves nothing behind."""
    parser = ChunkParser(Limits(line_bytes_max=1))

    assert [event.received_ns for event in parse(b"ab", b"c", parser=parser)] == [0, 1]
    assert parser.finish(9) == []
