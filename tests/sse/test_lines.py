"""Lines out of bytes in any chunking."""

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.sse.lines import SAMPLE_BYTES, LineSplitter


def split(chunks, **limits):
    splitter = LineSplitter(**limits)
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    last = splitter.finish()
    return lines + ([last] if last else [])


def test_each_of_the_three_endings_ends_a_line():
    """CR, LF and CRLF end a line, once."""
    lines = split([b"a\rb\nc\r\n\nd"])

    assert [content for _, _, content, _ in lines] == [b"a", b"b", b"c", b"", b"d"]


def test_offset_and_end_are_positions_in_the_whole_stream():
    """Offsets count every byte, the endings too."""
    lines = split([b"a\r", b"\nbb", b"b\n"])

    assert [(offset, end) for offset, end, _, _ in lines] == [(0, 2), (3, 7)]


@settings(deadline=None)  # A busy machine is no fault.
@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\xc3", b":"]), max_size=40), st.integers(1, 7))
def test_the_chunking_does_not_matter(pieces, size):
    """Any chunking gives the contents that the whole gives."""
    whole = b"".join(pieces)
    chunks = [whole[at : at + size] for at in range(0, len(whole), size)]

    assert [content for _, _, content, _ in split(chunks)] == [content for _, _, content, _ in split([whole])]


def test_a_line_over_the_limit_is_cut_and_the_next_one_is_not():
    """Only the head of a too long line is kept, and its end is still found."""
    lines = split([b"x" * 300, b"x" * 300, b"\nok\n"], line_bytes_max=500)

    assert [line[2:] for line in lines] == [(b"x" * SAMPLE_BYTES, True), (b"ok", False)]
    assert lines[1][0] == 601


def test_a_line_as_long_as_the_limit_is_kept_in_any_chunking():
    """The limit counts the content, not the ending."""
    whole = b"x" * 500 + b"\r\n"

    assert not split([whole], line_bytes_max=500)[0][3]
    assert not split([whole[:500], whole[500:]], line_bytes_max=500)[0][3]
    assert split([b"x" + whole], line_bytes_max=500)[0][3]


def test_a_line_of_a_megabyte_is_kept_where_nothing_else_is_said():
    """More is cut to a sample that a message can hold."""
    kept, cut = split([b"x" * 2**20 + b"\n" + b"x" * (2**20 + 1) + b"\n"])

    assert (len(kept[2]), kept[3]) == (2**20, False)
    assert (len(cut[2]), cut[3]) == (120, True)


def test_a_line_has_its_place_however_it_is_cut():
    """Offset, end, content; held over any number of chunks."""
    splitter = LineSplitter()
    given = [
        splitter.feed(chunk) for chunk in (b"ab", b"", b"cd", b"\nx\n\ny", b"z\r", b"", b"\n", b"\n", b"last")
    ]

    assert given == [
        *([], [], []),
        [(0, 5, b"abcd", False), (5, 7, b"x", False), (7, 8, b"", False)],
        [(8, 11, b"yz", False)],
        *([], []),
        [(12, 13, b"", False)],
        [],
    ]
    assert splitter.position == 13
    assert splitter.finish() == (13, 17, b"last", False)
    assert (splitter.position, splitter.finish()) == (17, None)


def test_a_newline_after_a_cr_in_the_next_chunk_belongs_to_it():
    """Only the first, and only right behind it."""

    assert split([b"a\r", b"\n\nb\n"]) == [(0, 2, b"a", False), (3, 4, b"", False), (4, 6, b"b", False)]
    assert split([b"a\r", b"b", b"\nc\n"]) == [(0, 2, b"a", False), (2, 4, b"b", False), (4, 6, b"c", False)]
    assert split([b"a\n", b"\n"]) == [(0, 2, b"a", False), (2, 3, b"", False)]


def test_a_line_that_is_held_is_cut_where_one_that_is_whole_is():
    """At one byte over the limit, however many more there are; the place of the next is right."""
    for chunks in (
        [b"x" * 11 + b"\n"],
        [b"x" * 5, b"x" * 6, b"\n"],
        [b"x" * 10, b"x\n"],
        [b"x"] * 11 + [b"\n"],
    ):
        assert split([*chunks, b"y\n"], line_bytes_max=10) == [
            (0, 12, b"x" * 11, True),
            (12, 14, b"y", False),
        ]
        assert split([chunk.replace(b"\n", b"") for chunk in chunks], line_bytes_max=10) == [
            (0, 11, b"x" * 11, True)
        ]
    assert split([b"x" * 10, b"\n"], line_bytes_max=10) == [(0, 11, b"x" * 10, False)]


def test_no_more_of_a_long_line_is_held_than_its_limit():
    """Whatever comes, and in whatever pieces."""
    splitter = LineSplitter(10)
    for _ in range(1000):
        splitter.feed(b"x" * 100)

    assert sum(map(len, splitter._held)) <= 11
    assert splitter.finish() == (0, 100_000, b"x" * 11, True)
