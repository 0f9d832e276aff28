"""What an effect makes of a reply, step by step, without a socket."""

import pytest

from harness.fault import Effect
from harness.wire import rewrite
from harness.wire.rewrite import End, Rest, Rewrite, Send, Stop, WaitUntil, rewrites

LENGTH = [(b"Content-Type", b"application/json"), (b"Content-Length", b"6")]
CHUNKED = [(b"Transfer-Encoding", b"chunked")]


def steps(effect, *pieces, headers=LENGTH, dialect=None, received_ns=0):
    """All steps of a reply that comes in these pieces, up to the first stop."""
    change = Rewrite(effect, 0, dialect)
    found = []
    for part in (
        change.head(200, headers),
        *(change.body(piece, received_ns) for piece in pieces),
        change.end(keep=True),
    ):
        for step in part:
            found.append(step)
            if isinstance(step, Stop):
                return found, change.fired
    return found, change.fired


def body(found):
    return b"".join(step.body for step in found if isinstance(step, Send))


@pytest.mark.parametrize(
    ("effect", "acts"),
    [
        (Effect(), False),
        (Effect(delay_ms=5), False),
        (Effect(swallow=True), False),
        (Effect(status=500), False),
        (Effect(head={"a": "b"}), True),
        (Effect(body=bytes), True),
        (Effect(gather=True), True),
        (Effect(slice_bytes=1), True),
        (Effect(first_event_ms=1), True),
        (Effect(reset_after_bytes=0), True),
        (Effect(cut_after_bytes=0), True),
        (Effect(cut_after_events=0), True),
        (Effect(stall_after_events=0), True),
    ],
)
def test_which_effects_act_on_a_reply(effect, acts):
    """A reply that no effect acts on is not taken apart."""
    assert rewrites(effect) is acts


@pytest.mark.parametrize(
    ("limit", "pieces", "passed"),
    [
        (4, [b"abcdef"], b"abcd"),
        (4, [b"ab", b"cd", b"ef"], b"abcd"),
        (0, [b"abcdef"], b""),
        (6, [b"abcdef"], b"abcde"),
        (99, [b"abc", b"def"], b"abcde"),
        (99, [b"a"], b""),
        (99, [], b""),
    ],
)
@pytest.mark.parametrize("headers", [LENGTH, CHUNKED, []])
def test_a_reply_ends_after_so_many_bytes(limit, pieces, passed, headers):
    """However it is framed and cut, at most so many bytes pass, and never the last one."""
    found, fired = steps(Effect(reset_after_bytes=limit), *pieces, headers=headers)

    assert body(found) == passed
    assert found[-1] == Stop("reset")
    assert fired


def test_a_cut_is_no_reset():
    """The other early end is in good order."""
    assert steps(Effect(cut_after_bytes=1), b"abc")[0][-1] == Stop("cut")


def test_nothing_passes_before_a_reset_at_once():
    """Not even the head."""
    assert steps(Effect(reset_after_bytes=-1), b"abc") == ([Stop("reset")], True)


def test_a_rewritten_body_gets_its_length():
    """The new body comes in one piece with its own length, in chunks where it came in chunks."""
    upper = Effect(body=bytes.upper)
    by_length, fired = steps(upper, b"abc", b"def")
    in_chunks, _ = steps(upper, b"abc", b"def", headers=CHUNKED)

    assert fired
    assert by_length[0].data.endswith(b"\r\nContent-Length: 6\r\n\r\n")
    assert by_length[1:] == [Send(b"ABCDEF", b"ABCDEF"), End(keep=True)]
    assert in_chunks[1:] == [Send(b"6\r\nABCDEF\r\n", b"ABCDEF"), Send(b"0\r\n\r\n"), End(keep=True)]


def test_a_body_given_back_as_it_was_has_not_fired():
    """A rewrite that changes nothing is no fault."""
    assert steps(Effect(body=bytes), b"abc")[1] is False


def test_an_emptied_body_is_still_a_reply():
    """A body rewritten to nothing has length 0."""
    found, fired = steps(Effect(body=lambda _: b""), b"abc")

    assert found[0].data.endswith(b"Content-Length: 0\r\n\r\n")
    assert found[1:] == [End(keep=True)]
    assert fired


def test_gathering_is_one_piece():
    """All pieces come as one, and that is what has fired."""
    found, fired = steps(Effect(gather=True), b"abc", b"def", headers=CHUNKED)

    assert [step.body for step in found[1:2]] == [b"abcdef"]
    assert fired


def test_gathering_has_an_end(monkeypatch):
    """A reply too long to hold is broken off."""
    monkeypatch.setattr(rewrite, "GATHERED_BYTES_MAX", 3)

    assert steps(Effect(gather=True), b"abcd")[0] == [Stop("reset")]


def test_slices_rest_between():
    """Each piece is sent by itself, with a rest behind it."""
    found, fired = steps(Effect(slice_bytes=2, slice_ms=3), b"abc")

    assert found[1:] == [Send(b"ab", b"ab"), Rest(3), Send(b"c", b"c"), Rest(3), End(keep=True)]
    assert fired


def test_the_first_piece_waits():
    """Only the first, only until its time, and only if it came before."""
    held, fired = steps(Effect(first_event_ms=5), b"a", b"b", received_ns=4_000_000)
    late, not_fired = steps(Effect(first_event_ms=5), b"a", received_ns=6_000_000)

    assert [type(step).__name__ for step in held] == ["Send", "WaitUntil", "Send", "Send", "End"]
    assert held[1] == WaitUntil(5_000_000)
    assert (fired, not_fired) == (True, False)
    assert WaitUntil(5_000_000) not in late


@pytest.mark.parametrize(
    ("dialect", "events"),
    [
        ("py_bytes", [b"data: b'a'\n\n", b"data: b'b'\n\n", b"data: b'c'\n\n", b"data: [DONE]\n\n"]),
        ("raw_delta", [b"data: a\n\n", b"data: b\n\n", b"data: c\n\n", b"data: [DONE]\n\n"]),
        ("ndjson", [b'{"response":"%s","done":false}\n' % letter for letter in (b"a", b"b", b"c")]),
        ("raw_text", [b"a", b"b", b"c"]),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_stream_ends_after_so_many_events(dialect, events, count):
    """In each dialect the cut is right after the event's own bytes."""
    found, fired = steps(Effect(cut_after_events=count), *events, headers=CHUNKED, dialect=dialect)

    assert body(found) == b"".join(events[:count])
    assert (found[-1], fired) == (Stop("cut"), True)


def test_a_stall_is_a_stop_of_its_own():
    """Silence after the events, not an end."""
    found, _ = steps(
        Effect(stall_after_events=1), b"data: a\n\ndata: b\n\n", headers=CHUNKED, dialect="raw_delta"
    )

    assert (body(found), found[-1]) == (b"data: a\n\n", Stop("stall"))


def test_without_a_stream_there_is_nothing_to_cut():
    """A reply of a node that does not stream passes whole, and the fault has not fired."""
    found, fired = steps(Effect(cut_after_events=1), b"abcdef")

    assert (body(found), found[-1], fired) == (b"abcdef", End(keep=True), False)
