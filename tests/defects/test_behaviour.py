"""What raw nodes say, as data."""

from harness.defects.behaviour import appends, events, paired, regrouped, says


def test_a_function_of_the_request_makes_a_reply():
    """Words are put after the request's text; a request without one is no reason to fail."""
    assert appends("!")({"text": "Hello"}) == says({"text": "Hello!"})
    assert appends("!")({}) == says({"text": "!"})


def test_a_stream_is_an_event_a_piece():
    """None is empty, because an HTTP chunk of no bytes is the end of a body."""
    stream = events("Hello.", " Bye", dialect="py_bytes")

    assert stream.pieces == (b"data: b'Hello.'\n\n", b"data: b' Bye'\n\n", b"data: [DONE]\n\n")


def test_the_same_bytes_come_in_other_pieces():
    """By sizes that repeat, or two events in one."""
    stream = events("a", "b", "c", dialect="py_bytes", every_s=0.5)
    whole = b"".join(stream.pieces)

    assert [len(piece) for piece in regrouped(stream, (5, 9)).pieces][:3] == [5, 9, 5]
    assert b"".join(regrouped(stream, (5, 9)).pieces) == whole
    assert [piece.count(b"\n\n") for piece in paired(stream).pieces] == [2, 2]
    assert b"".join(paired(stream).pieces) == whole
    assert paired(stream).every_s == 0.5
