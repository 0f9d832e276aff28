"""A mock as a whole: its contract's routes, readiness, journal, faults."""

import asyncio
from dataclasses import replace

import pytest

from harness.comp import Deviation, World
from harness.fault import Effect, Expected, Fault
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.scenario import Latency
from tests.mocking.greeter import GREETER, asked, client_of, get, post
from tests.states import until

FAULTS = {
    "status-500": Fault("status-500", "fails", Effect(status=500, reply_body=b"{}"), Expected("error")),
}


def test_a_request_is_answered_by_its_contracts_function():
    """Model in, model out, every field dumped."""
    reply = post("/v1/greet", {"name": "Ada"})

    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == {"text": "Hello Ada", "times": None}


def test_a_path_with_a_parameter_is_answered():
    """The parameter comes to the function by its name, decoded."""

    assert get("/v1/things/a%20b").json() == {"thing": "a b"}


def test_a_browser_is_told_that_other_origins_may_ask():
    """As every OPEA service says."""
    reply = post("/v1/greet", {"name": "Ada"}, headers={"origin": "http://localhost:5173"})

    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] in ("*", "http://localhost:5173")


def test_until_it_is_ready_a_mock_answers_503():
    """With the time to come again, and on every route."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(start_ms=60_000))
    replies = [get("/v1/health_check", mock), post("/v1/greet", {"name": "Ada"}, mock)]

    assert [(each.status_code, each.headers["retry-after"]) for each in replies] == [(503, "1")] * 2
    assert replies[0].json() == {"detail": "greeters: is starting"}


def test_after_its_start_up_time_a_mock_is_ready():
    """The state changes by itself."""

    async def wait(client):
        for _ in range(500):
            reply = await client.get("/health")
            if reply.status_code == 200:
                return True
            await asyncio.sleep(0.005)
        return False

    assert asked(wait, Mock(GREETER, World(), behaviour=Behaviour(start_ms=30)))


def test_every_exchange_is_in_the_journal_but_the_side_endpoints():
    """With bodies, times and trace, also what went to a wrong route."""
    mock = Mock(GREETER, World(), "hello")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    async def work(client):
        await client.get("/v1/health_check")
        await client.post(
            "/v1/greet", json={"name": "Ada"}, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        )
        await client.post("/v1/grete", json={"name": "Bob"})
        return (await client.get("/_harness/exchanges")).json()["exchanges"]

    first, second = asked(work, mock)

    assert (first["node"], first["path"], first["status"], first["trace_id"]) == (
        "hello",
        "/v1/greet",
        200,
        trace,
    )
    assert first["request"] == '{"name":"Ada"}'
    assert first["reply"] == '{"text":"Hello Ada","times":null}'
    assert 0 < first["began_ns"] <= first["first_byte_ns"] <= first["ended_ns"]
    assert (second["path"], second["status"], second["request"]) == ("/v1/grete", 404, '{"name":"Bob"}')


def test_a_fault_is_set_over_the_admin_route_and_counted():
    """It acts until it is taken away, and never on health."""
    mock = Mock(GREETER, World(), faults=FAULTS)

    async def work(client):
        await client.post("/_harness/faults", json={"fault": "status-500"})
        statuses = [(await client.post("/v1/greet", json={"name": "Ada"})).status_code]
        statuses.append((await client.get("/health")).status_code)
        on = (await client.get("/_harness/faults")).json()["faults"]
        await client.delete("/_harness/faults")
        statuses.append((await client.post("/v1/greet", json={"name": "Ada"})).status_code)
        exchanges = (await client.get("/_harness/exchanges")).json()["exchanges"]
        return statuses, on["status-500"]["fired"], [each["fault"] for each in exchanges]

    assert asked(work, mock) == ([500, 200, 200], 1, ["status-500", ""])


def test_one_request_asks_for_a_fault_by_its_header():
    """The others are not touched."""
    mock = Mock(GREETER, World(), faults=FAULTS)

    async def work(client):
        faulted = await client.post(
            "/v1/greet", json={"name": "Ada"}, headers={"x-harness-fault": "status-500"}
        )
        return [faulted.status_code, (await client.post("/v1/greet", json={"name": "Ada"})).status_code]

    assert asked(work, mock) == [500, 200]


def test_a_client_that_leaves_ends_its_stream():
    """The journal says so, and nothing goes on being made."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(latency=Latency(first_ms=1, token_ms=50)))

    async def work():
        async with client_of(mock) as client:
            async with client.stream("POST", "/v1/letters", json={"name": "x" * 1000}) as reply:
                async for _ in reply.aiter_raw():
                    break
            await until(lambda: mock.journal.since(0))
        return mock.journal.since(0)[0], mock.shared.in_flight

    exchange, in_flight = asyncio.run(work())

    assert (exchange.error, in_flight) == ("client_left", 0)
    assert len(exchange.content_ns) < 20


def test_an_error_of_the_mock_itself_is_500_as_upstream_has_it(capfd):
    """Plain text that tells nothing; the log has the reason."""
    reply = get("/v1/crash")

    assert (reply.status_code, reply.text) == (500, "Internal Server Error")
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.parametrize(("body", "status"), [({"name": ""}, 500), ({"name": "Ada"}, 200)])
def test_like_upstream_a_known_deviation_is_answered(body, status):
    """Only where it applies."""
    mock = Mock(GREETER, World(), behaviour=Behaviour(like_upstream=True))

    assert post("/v1/greet", body, mock).status_code == status
    assert post("/v1/greet", body).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"\xff", b"[" * 100_000])
def test_only_a_comp_that_reads_its_json_itself_deviates_on_what_cannot_be_read(body):
    """A framework refuses it, and the comp never comes to see it."""
    always = Deviation("always", "nothing is ever answered", lambda _body: True, 500)
    greet = replace(GREETER.endpoint("/v1/greet"), known=(always,))
    own = replace(GREETER, endpoints=(greet,), framework=False, validation_status=400)

    def status(comp):
        mock = Mock(comp, World(), behaviour=Behaviour(like_upstream=True))
        sent = asked(lambda client: client.post("/v1/greet", content=body), mock)
        return sent.status_code

    assert status(replace(GREETER, endpoints=(greet,))) in (400, 422)
    assert status(own) == 500


def test_a_comp_without_the_framework_has_no_side_endpoints():
    """A third-party server has the routes of its contract and no others."""
    mock = Mock(replace(GREETER, framework=False), World())

    assert [get(path, mock).status_code for path in ("/v1/health_check", "/docs", "/openapi.json")] == [
        404
    ] * 3
