"""Lines out of bytes in any chunking."""

from hypothesis import given
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
