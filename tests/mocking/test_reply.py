"""What an answer function answers becomes bytes, and streams come at their times."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from harness.comp import Binary, Endpoint, Stream, World
from harness.history import Exchange
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.reply import SATURATED_NS, Lateness, Streamer, tokens_of, whole
from harness.scenario import Latency
from tests.mocking.greeter import GREETER, Greeted, Greeting, asked, get, post, variants, with_endpoint


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (Greeted(text="x"), b'{"text":"x","times":null}'),
        ([Greeted(text="x")], b'[{"text":"x","times":null}]'),
        ({"a": [1, None]}, b'{"a":[1,null]}'),
        (None, b"null"),
        ("text", b'"text"'),
    ],
)
def test_replies_are_dumped_with_every_field(reply, body):
    """Models alone, in lists, and plain values."""

    assert whole(reply, "application/json").body == body


def test_a_binary_reply_keeps_its_type_and_status():
    """It need not be a success."""
    reply = whole(Binary(b"no", "text/plain", 404), "application/json")

    assert (reply.status, reply.body, reply.content_type) == (404, b"no", "text/plain")
    assert get("/v1/image").headers["content-type"] == "image/png"


def test_a_binary_reply_in_chunks_does_not_tell_its_length():
    """All others do."""
    spoken = replace(
        GREETER.endpoint("/v1/image", "GET"), answer=lambda *_: Binary(b"a", "a/b", in_chunks=True)
    )
    told = get("/v1/image").headers
    chunked = get("/v1/image", with_endpoint(spoken)).headers

    assert (told.get("transfer-encoding"), "content-length" in told) == (None, True)
    assert (chunked["transfer-encoding"], "content-length" in chunked) == ("chunked", False)


@pytest.mark.parametrize(
    ("reply", "tokens"),
    [
        ({"usage": {"completion_tokens": 7}}, 7),
        ({"usage": None}, 1),
        (Greeted(text="x"), 1),
        ([], 1),
        ({"usage": {"completion_tokens": 0}}, 1),
    ],
)
def test_a_reply_has_as_many_tokens_as_it_says_or_one(reply, tokens):
    """Whatever its shape."""

    assert tokens_of(reply) == tokens


def _letters(mock):
    async def work(client):
        return await client.post("/v1/letters", json={"name": "abcd"})

    reply = asked(work, mock)
    return reply, mock.journal.since(0)[-1]


def test_a_stream_is_paced_token_by_token_and_journaled_with_true_times():
    """Each token at its time after the first, never before."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=40, token_ms=15)))
    reply, exchange = _letters(mock)
    after_ms = [(at - exchange.began_ns) / 1e6 for at in exchange.content_ns]

    assert reply.text == ": head\n\ndata: a\n\ndata: b\n\ndata: c\n\ndata: d\n\ndata: [DONE]\n\n"
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert [due <= came < due + 100 for due, came in zip((40, 55, 70, 85), after_ms, strict=True)] == [
        True
    ] * 4


def test_stamped_streams_carry_their_true_times_as_comments():
    """A comment that every reader of server-sent events passes over, and only when asked for."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(stamped=True))
    reply, exchange = _letters(mock)
    stamps = [int(line[7:]) for line in reply.text.splitlines() if line.startswith(": t_ns=")]

    assert stamps == exchange.content_ns


def test_a_stream_without_tokens_ends_in_order():
    """Head and tail come all the same."""

    assert post("/v1/letters", {"name": ""}).text == ": head\n\ndata: [DONE]\n\n"


def test_a_mock_that_is_late_says_that_it_is_saturated():
    """Its own times are then no longer those that were configured."""
    lateness = Lateness()
    in_time = lateness.saturated
    lateness.late_ns.extend([SATURATED_NS + 1] * 10)

    assert (in_time, lateness.saturated) == (False, True)


def test_lateness_is_what_waiting_took_too_long():
    """A time that is past is late at once."""
    lateness = Lateness()
    asyncio.run(lateness.until(0))

    assert lateness.p99_ns > 0


def test_numbers_of_numpy_need_no_conversion_by_the_mock():
    """A vector given as a list is enough; an array is a mistake that shows."""
    with pytest.raises(Exception, match="ndarray"):
        whole({"vector": np.ones(2)}, "application/json")


def test_a_stream_without_a_content_type_says_none():
    """Video-LLaMA's server names none, and an empty one would be another thing."""
    endpoint = Endpoint(
        "/v1/bare",
        lambda request, world: Stream("raw_text", (), (b"text",), (), content_type=""),
        variants("x", Greeting, None),
        "source-only",
        "x.py",
    )
    reply = post("/v1/bare", {"name": "x"}, with_endpoint(endpoint))

    assert (reply.content, "content-type" in reply.headers) == (b"text", False)


def test_each_event_is_a_chunk_of_its_own():
    """What comes before the first token and after the last one too: OPEA's megaservices read chunks for events."""
    sent = []

    async def send(event):
        sent.append(event.get("body"))

    async def receive():
        return await asyncio.Event().wait()

    stream = Stream("openai", (b"head\n\n",), (b"a\n\n", b"b\n\n"), (b"end\n\n", b"[DONE]\n\n"))
    streamer = Streamer(stream, [0, 0], Exchange(1, "n", "POST", "/"), Lateness())
    asyncio.run(streamer.send(receive, send))

    assert sent == [None, b"head\n\n", b"a\n\n", b"b\n\n", b"end\n\n", b"[DONE]\n\n", b""]
