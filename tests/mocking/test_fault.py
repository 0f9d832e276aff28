"""Faults that HTTP can say are carried out by the mock itself; what it cannot is refused."""

import pytest

from harness.comp import World
from harness.fault import Effect, Expected, Fault
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.fault import unsayable
from harness.scenario import Latency
from tests.mocking.greeter import GREETER, asked

ADA = {"name": "Ada"}


def under(effect, path="/v1/greet", body=ADA, behaviour=None):
    """The reply under an effect, its exchange, and how often the fault fired."""
    fault = Fault("f", "does it", effect, Expected("either"))
    mock = Mock(GREETER, World(), faults={"f": fault}, behaviour=behaviour)

    async def work(client):
        reply = await client.post(path, json=body, headers={"x-harness-fault": "f"})
        state = (await client.get("/_harness/faults")).json()
        return reply, state["faults"]["f"]["fired"]

    reply, fired = asked(work, mock)
    return reply, mock.journal.since(0)[-1], fired


def test_a_status_takes_the_answers_place():
    """With the fault's own headers and body."""
    effect = Effect(status=429, reply_headers={"retry-after": "3"}, reply_body=b'{"detail":"slow"}')
    reply, exchange, fired = under(effect)

    assert (reply.status_code, reply.headers["retry-after"], reply.json()) == (429, "3", {"detail": "slow"})
    assert (exchange.fault, exchange.status, fired) == ("f", 429, 1)


def test_a_delay_is_waited_for_from_the_requests_arrival():
    """The answer is the true one."""
    reply, exchange, fired = under(Effect(delay_ms=60))

    assert (reply.json()["text"], fired) == ("Hello Ada", 1)
    assert exchange.ended_ns - exchange.began_ns >= 60_000_000


def test_a_rewritten_body_has_its_own_length():
    """The whole reply is passed through the fault's function."""
    reply, _, fired = under(Effect(body=lambda body: body[:5]))

    assert (reply.content, fired) == (b'{"tex', 1)


def test_a_rewritten_head_keeps_the_body():
    """The content type can lie."""
    reply, _, _ = under(Effect(head={"Content-Type": "text/html"}))

    assert (reply.headers["content-type"], reply.json()["text"]) == ("text/html", "Hello Ada")


def test_a_function_that_changes_nothing_has_not_fired():
    """Fired is a witness, not an intention."""
    reply, exchange, fired = under(Effect(body=lambda body: body))

    assert (reply.status_code, exchange.fault, fired) == (200, "", 0)


def test_nothing_is_done_by_the_effect_that_does_nothing():
    """The control."""
    reply, exchange, fired = under(Effect())

    assert (reply.json()["text"], exchange.fault, fired) == ("Hello Ada", "", 0)


def test_a_stream_is_cut_after_some_events_in_order_but_without_its_end():
    """The head is an event too, as a wire counts them: two tokens, no end mark, and no broken connection."""
    reply, exchange, fired = under(Effect(cut_after_events=3), "/v1/letters", {"name": "abcd"})

    assert reply.text == ": head\n\ndata: a\n\ndata: b\n\n"
    assert (exchange.fault, fired) == ("f", 1)


def test_a_stream_shorter_than_the_cut_is_whole():
    """Then the fault has not fired."""
    reply, _, fired = under(Effect(cut_after_events=9), "/v1/letters", {"name": "ab"})

    assert (reply.text.endswith("data: [DONE]\n\n"), fired) == (True, 0)


def test_the_first_event_is_held_back():
    """The head goes out at once, the first token late, and all of them."""
    effect = Effect(first_event_ms=80)
    reply, exchange, fired = under(
        effect, "/v1/letters", {"name": "ab"}, Behaviour(latency=Latency(token_ms=1))
    )

    assert (reply.text.count("data: "), fired) == (3, 1)
    assert exchange.first_byte_ns - exchange.began_ns < 80_000_000 <= exchange.ended_ns - exchange.began_ns


def test_a_json_reply_has_no_events_to_cut():
    """It passes whole, and nothing has fired."""
    reply, _, fired = under(Effect(cut_after_events=0))

    assert (reply.json()["text"], fired) == ("Hello Ada", 0)


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        (Effect(swallow=True), "a silent connection is no HTTP reply"),
        (Effect(reset_after_bytes=10), "a reset is no HTTP reply"),
    ],
)
def test_what_http_cannot_say_is_refused_with_the_reason(effect, why):
    """It is the wire's business."""
    reply, _, fired = under(effect)

    assert (unsayable(effect), unsayable(Effect())) == (why, None)
    assert (reply.status_code, reply.json()["detail"]) == (501, f"f: {why}; put it on a wire")
    assert fired == 0
