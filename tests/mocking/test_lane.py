"""One endpoint's way: time, load, queue limit, unknown fields."""

import asyncio
import threading
from dataclasses import replace
from time import monotonic_ns

from harness.comp import Deviation, Endpoint, Refusal, World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.scenario import Latency
from tests.mocking.greeter import GREETER, Greeted, Greeting, asked, greet, post, variants, with_endpoint

HELLO = {"name": "Ada"}


def took_ms(mock, body=HELLO):
    """What the mock's own journal says that a request took."""
    post("/v1/greet", body, mock)
    exchange = mock.journal.since(0)[-1]
    return (exchange.ended_ns - exchange.began_ns) / 1e6


def test_a_reply_comes_when_it_is_due_and_not_before():
    """The configured time is a floor that is kept to closely."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=30)))

    assert 30 <= took_ms(mock) < 300


def test_a_reply_that_counts_tokens_takes_its_time_for_each():
    """So a model's answer is as slow without streaming as with."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=10, token_ms=10)))

    assert took_ms(mock, {"upto": 6}) >= 60


def test_more_requests_than_the_limit_are_429_with_a_time():
    """The ones that were let in are answered."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=150), in_flight_max=2))

    async def work(client):
        replies = await asyncio.gather(*(client.post("/v1/greet", json=HELLO) for _ in range(6)))
        return sorted((each.status_code, each.headers.get("retry-after")) for each in replies)

    replies = asked(work, mock)

    assert replies[0] == (200, None)
    assert replies[-1] == (429, "1")
    assert len(replies) == 6


def test_under_load_replies_take_longer_by_the_factor():
    """Two at once take twice as long with a factor of 1."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=100, load_factor=1.0)))

    async def work(client):
        began = monotonic_ns()
        await asyncio.gather(*(client.post("/v1/greet", json=HELLO) for _ in range(3)))
        return (monotonic_ns() - began) / 1e6

    assert asked(work, mock) >= 200


def test_an_answer_that_waits_in_a_thread_keeps_nobody_waiting():
    """Three that wait for one another are answered; a refusal comes through."""
    together = threading.Barrier(3)

    def wait(request, world):
        if request.name == "nobody":
            raise Refusal(404, "nobody is here")
        together.wait(10)
        return Greeted(text=threading.current_thread().name)

    endpoints = tuple(replace(each, answer=wait) for each in GREETER.endpoints if each.answer is greet)
    mock = Mock(replace(GREETER, endpoints=endpoints), World(), behaviour=Behaviour(in_threads=True))

    async def work(client):
        bodies = [{"name": "Ada"}] * 3 + [{"name": "nobody"}]
        return await asyncio.gather(*(client.post("/v1/greet", json=body) for body in bodies))

    replies = asked(work, mock)

    assert [reply.status_code for reply in replies] == [200, 200, 200, 404]
    assert threading.main_thread().name not in {reply.json()["text"] for reply in replies[:3]}


def test_unknown_fields_are_passed_over_and_counted():
    """OPEA ignores them; the state tells which ones came."""
    mock = Mock(GREETER, World())

    async def work(client):
        reply = await client.post("/v1/greet", json={**HELLO, "nmae": 1, "loud": True})
        return reply.status_code, (await client.get("/_harness/state")).json()

    status, state = asked(work, mock)

    assert status == 200
    assert state["unknown_fields"] == {"POST /v1/greet nmae": 1}
    assert (state["node"], state["in_flight"], state["saturated"]) == ("greeters", 0, False)


def test_a_refusal_has_its_status_reason_and_headers():
    """As FastAPI's HTTPException looks."""
    reply = post("/v1/greet", {"name": "nobody"})

    assert (reply.status_code, reply.json(), reply.headers["x-why"]) == (
        403,
        {"detail": "nobody is not greeted"},
        "so",
    )


def test_what_is_known_instead_of_a_refusal_needs_the_refusal():
    """Whether an id is known the request does not tell; another refusal is left as it is."""

    def greet(request, world):
        if request.name != "Ada":
            raise Refusal(404 if request.name == "Bo" else 403, "no")
        return {}

    known = (Deviation("unknown", "an unknown name", lambda body: True, 500, instead_of=404),)
    endpoint = Endpoint("/v1/known", greet, variants("x", Greeting, None), "source-only", "x.py", known=known)
    statuses = [
        post("/v1/known", {"name": name}, with_endpoint(endpoint)).status_code for name in ("Ada", "Bo", "Cy")
    ]

    assert statuses == [200, 500, 403]


def test_what_is_known_instead_of_an_answer_leaves_refusals_alone():
    """Its 200 takes the place of an answer only."""

    def greet(request, world):
        if request.name != "Ada":
            raise Refusal(404, "no")
        return {}

    known = (Deviation("words", "an answer is a word", lambda body: True, 200, b'"x"', instead_of=200),)
    endpoint = Endpoint("/v1/known", greet, variants("x", Greeting, None), "source-only", "x.py", known=known)
    replies = [post("/v1/known", {"name": name}, with_endpoint(endpoint)) for name in ("Ada", "Bo")]

    assert [(each.status_code, each.text) for each in replies] == [(200, '"x"'), (404, '{"detail":"no"}')]


def test_what_is_known_to_be_passed_over_is_not_asked():
    """It is answered as if that had not been said; promised is what was asked."""
    whispering = Deviation(
        "loud",
        "names are taken for Bo's",
        lambda body: body["name"] != "Bo",
        200,
        taken_as=lambda body: {**body, "name": "Bo"},
    )
    endpoint = Endpoint(
        "/v1/known",
        lambda request, world: request.name,
        variants("x", Greeting, None),
        "source-only",
        "x.py",
        known=(whispering,),
    )
    like, promised = (
        Mock(
            replace(GREETER, endpoints=(endpoint,)),
            World(),
            behaviour=Behaviour(like_upstream=is_like),
        )
        for is_like in (True, False)
    )

    assert post("/v1/known", {"name": "Ada"}, like).json() == "Bo"
    assert post("/v1/known", {"name": "Ada"}, promised).json() == "Ada"


def test_what_is_known_under_other_settings_is_not_there():
    """The settings are those of the world, and where it says nothing the comp's own."""
    known = (
        Deviation("down", "it is down", lambda body: True, 500, where=lambda each: each["STORE"] == "b"),
    )
    endpoint = Endpoint(
        "/v1/known",
        lambda request, world: {},
        variants("x", Greeting, None),
        "source-only",
        "x.py",
        known=known,
    )
    comp = replace(GREETER, endpoints=(endpoint,), settings={"STORE": "a"})
    like = Behaviour(like_upstream=True)
    mocks = [Mock(comp, World(), behaviour=like), Mock(comp, World(settings={"STORE": "b"}), behaviour=like)]

    assert [post("/v1/known", HELLO, mock).status_code for mock in mocks] == [200, 500]


def test_what_the_contract_refuses_is_answered_as_known_where_no_framework_refuses_it():
    """A server that reads its JSON itself fails over a missing field; a body of another shape sets nothing off."""
    known = (Deviation("nameless", "a missing name", lambda body: "name" not in body, 500),)
    endpoint = Endpoint(
        "/v1/known",
        lambda request, world: {},
        variants("x", Greeting, None),
        "source-only",
        "x.py",
        known=known,
    )
    behind, own = (
        Mock(
            replace(GREETER, endpoints=(endpoint,), framework=framework),
            World(),
            behaviour=Behaviour(like_upstream=True),
        )
        for framework in (True, False)
    )

    def statuses(mock):
        return [post("/v1/known", body, mock).status_code for body in ({}, HELLO, 7, {"name": 7})]

    assert statuses(own) == [500, 200, 422, 422]
    assert statuses(behind) == [422, 200, 422, 422]


def test_a_body_that_cannot_be_read_never_comes_to_what_is_known():
    """The framework refuses it before the comp can deviate."""

    def refuse(request, world):
        raise Refusal(400, "no")

    known = (Deviation("any", "every refusal", lambda body: True, 500, instead_of=400),)
    endpoint = Endpoint(
        "/v1/known", refuse, variants("x", Greeting, None), "source-only", "x.py", known=known
    )

    async def ask(client):
        json = {"content-type": "application/json"}
        replies = [
            await client.post("/v1/known", content=body, headers=json)
            for body in (b'{"a": "\xff"}', b'{"name": "x"}')
        ]
        return [reply.status_code for reply in replies]

    assert asked(ask, with_endpoint(endpoint)) == [400, 500]
