"""A request's row says what came of it, and rows leave the process without holding it up."""

import io
import sys
import threading
from types import SimpleNamespace

import orjson

from harness.load.rows import Lines, row


def test_a_row_counts_from_the_schedule(made_op):
    """Response and first token contain the lag; gaps are all there."""
    actual = row(made_op(0, lag=2, tokens=(5, 8, 13), end=15))

    assert (actual.response_ms, actual.ttft_ms, actual.itl_ms, actual.error) == (15.0, 5.0, [3.0, 5.0], "")


def test_a_failed_request_has_no_first_token(made_op):
    """What failed has its class and stays out of the rows of tokens."""
    actual = row(made_op(0, tokens=(5, 8), end=15, error="status", status=503))

    assert (actual.error, actual.ttft_ms, actual.itl_ms) == ("status_503", None, [])


def test_an_unfinished_request_lasts_until_its_last_sign_of_life(made_op):
    """A request cut off after its second token is shown with the time until then."""
    actual = row(made_op(0, tokens=(5, 8), end=None, error="unfinished"))

    assert (actual.response_ms, actual.error) == (8.0, "unfinished")


def test_lines_are_written_whole_and_in_order(monkeypatch):
    """All that was written before the end comes out, one document a line."""
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    with Lines().flowing() as write:
        for number in range(100):
            write({"n": number})

    assert [orjson.loads(line)["n"] for line in out.getvalue().splitlines()] == list(range(100))


def test_a_slow_reader_does_not_hold_up_the_writer(monkeypatch):
    """Writing returns at once while the pipe is full."""
    free = threading.Event()
    slow = SimpleNamespace(write=lambda _: free.wait(10), flush=lambda: None)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=slow))
    with Lines().flowing() as write:
        for number in range(1000):
            write({"n": number})
        was_free = free.is_set()
        free.set()

    assert not was_free


def test_a_reader_that_left_is_no_error(monkeypatch):
    """A broken pipe ends the writing in silence."""

    def broken(_):
        raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=SimpleNamespace(write=broken, flush=broken)))
    with Lines().flowing() as write:
        write({"n": 1})
        write({"n": 2})
