"""What the parts of a mock server say to each other."""

import asyncio

import pytest

from harness.comp import Refusal
from harness.mocking import asgi
from harness.mocking.asgi import Whole, header, read_body, refused


def receiving(*events):
    """ASGI's receive, of these events."""
    coming = iter(events)

    async def receive():
        return next(coming)

    return receive


def part(body, *, more=False):
    """A part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_parts_is_put_together():
    """However many there are."""

    assert (
        asyncio.run(read_body(receiving(part(b"ab", more=True), part(b"", more=True), part(b"c")))) == b"abc"
    )
    assert asyncio.run(read_body(receiving(part(b"abc")))) == b"abc"


def test_a_body_without_end_is_a_client_that_left():
    """It is no request."""
    with pytest.raises(ConnectionResetError, match="the client left before its request ended"):
        asyncio.run(read_body(receiving(part(b"ab", more=True), {"type": "http.disconnect"})))


def test_a_body_that_is_too_long_is_refused_before_it_ends(monkeypatch):
    """Nothing more of it is read."""
    monkeypatch.setattr(asgi, "BODY_BYTES_MAX", 3)
    with pytest.raises(Refusal) as caught:
        asyncio.run(read_body(receiving(part(b"ab", more=True), part(b"cd", more=True))))

    assert (caught.value.status, caught.value.detail) == (413, "body: more than 3 bytes")


def test_the_first_header_of_a_name_counts():
    """And an absent one is None."""
    scope = {"headers": [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]}

    assert (header(scope, b"a"), header(scope, b"c")) == ("1", None)


def test_a_whole_reply_is_a_head_and_a_body():
    """With its length, and no type where there is none."""
    said = []

    async def send(event):
        said.append(event)

    asyncio.run(Whole(200, b"abc", "", {"X-A": "b"}).send(send))

    assert said[0]["headers"] == [(b"content-length", b"3"), (b"x-a", b"b")]
    assert said[1] == {"type": "http.response.body", "body": b"abc"}


def test_a_refusal_is_a_detail():
    """As FastAPI's."""

    assert refused(404, "no").body == b'{"detail":"no"}'
