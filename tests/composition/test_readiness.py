"""A service is ready when it has answered rightly, and not before."""

import asyncio
import time
from dataclasses import replace

import pytest

from harness import progress
from harness.client import Client
from harness.comp import World
from harness.composition import readiness
from harness.composition.readiness import until_ready
from harness.discovery import COMP, discover
from harness.errors import StackError
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from harness.mocking.spec import Spec, mocks
from harness.service import Probe, Service

COMPS = discover(COMP)
SERVICE = Service("embedding", "opea/embedding:latest", ports=(6000,), comp="embeddings", ready_limit_s=30.0)


class Standing:
    """What stands at an address, and in which commands can be run."""

    name = "embedding"

    def __init__(self, url="http://127.0.0.1:9", said=()):
        self._url, self.said, self.ran = url, list(said), []

    def url(self, _port):
        """Where it is."""
        return self._url

    def run(self, command):
        """The next of what it is to say."""
        self.ran.append(command)
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


def waited(service, container, comp=None, told=None):
    """Wait for a container that stands; gives how long it took."""

    async def wait():
        client = Client()
        try:
            await until_ready(service, container, comp, client, told)
        finally:
            await client.close()

    began_s = time.monotonic()
    asyncio.run(wait())
    return time.monotonic() - began_s


def with_mock(service, comp=None, **how):
    """Wait for a mock of embeddings."""

    async def wait():
        client = Client()
        served = mocks([Spec("embeddings", behaviour=Behaviour(**how))], World())
        async with serving(served, [0]) as urls:
            try:
                await until_ready(service, Standing(urls["embeddings"]), comp, client)
            finally:
                await client.close()

    began_s = time.monotonic()
    asyncio.run(wait())
    return time.monotonic() - began_s


def test_a_comp_is_ready_when_it_answers_an_example_of_its_contract():
    """One that needs half a second to start is waited for."""
    assert with_mock(SERVICE, COMPS["embeddings"], start_ms=500.0) >= 0.4


def test_a_comp_that_answers_something_else_is_not():
    """Health that lies is no answer: what came is told when the time is over."""
    with pytest.raises(StackError) as late:
        with_mock(
            replace(SERVICE, ready_limit_s=0.3, comp="rerankings"),
            replace(COMPS["rerankings"], ready="/v1/health_check"),
        )

    assert str(late.value).startswith(
        "embedding: is not ready after 0.3 s: POST /v1/reranking: status: is 404"
    )


def test_a_comp_that_refuses_its_own_contract_is_not_waited_for():
    """Time changes nothing about a refusal."""
    comp = COMPS["embeddings"]
    (endpoint,) = comp.endpoints
    (variant,) = endpoint.variants
    refused = replace(variant, examples=(replace(variant.examples[0], request={"text": "no input"}),))

    with pytest.raises(StackError) as final:
        with_mock(
            replace(SERVICE, ready_limit_s=60.0),
            replace(comp, endpoints=(replace(endpoint, variants=(refused,)),)),
        )

    assert str(final.value).startswith(
        "embeddings: refuses the request one-text of its contract: POST /v1/embeddings: 422"
    )


def test_a_probe_is_right_when_its_answer_holds_what_it_is_to():
    """It goes before the contract."""
    right = Probe("/v1/embeddings", "POST", b'{"input": "a"}', holds='"embedding"')

    assert with_mock(replace(SERVICE, probe=right), COMPS["rerankings"]) < SERVICE.ready_limit_s

    with pytest.raises(StackError, match=r"is not ready after 0\.3 s: POST /v1/embeddings: answers 200 "):
        with_mock(replace(SERVICE, probe=replace(right, holds="choices"), ready_limit_s=0.3))


def test_nobody_there_is_told_as_such():
    """With the request that was put."""
    with pytest.raises(
        StackError, match=r"embedding: is not ready after 0\.3 s: GET /: no answer \(refused\)"
    ):
        waited(replace(SERVICE, probe=Probe(), ready_limit_s=0.3), Standing())


def test_a_command_is_run_inside_until_it_says_the_right_thing():
    """Its exit code and its words count."""
    probe = Probe(command=("psql", "-c", "SELECT 1"), holds="1")
    container = Standing(said=[(2, "no server"), (0, "0"), (0, "1\n")])
    waited(replace(SERVICE, probe=probe, ports=()), container)

    assert container.ran == [probe.command] * 3


def test_no_command_is_run_before_somebody_listens_but_now_and_then(monkeypatch):
    """A connection that is closed at once is the engine's own, which has nobody to pass it on to."""
    probe = Probe(command=("psql", "-c", "SELECT 1"), holds="1")
    taken = []

    async def go(listens_after):
        async def take(reader, writer):
            taken.append(len(container.ran))
            if len(taken) >= listens_after:
                await reader.read()  # Until the other side has seen enough.
            writer.close()

        async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
            container = Standing(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", [(0, "1")])
            client = Client()
            await until_ready(replace(SERVICE, probe=probe), container, None, client)
            await client.close()
        return container.ran

    assert asyncio.run(go(listens_after=3)) == [probe.command]
    assert taken == [0, 0, 0]

    monkeypatch.setattr(readiness, "PATIENCE_S", 0.5)

    assert asyncio.run(go(listens_after=1000)) == [probe.command]


def test_meanwhile_it_is_said_what_is_waited_for(told, monkeypatch):
    """What was seen last, in one line."""
    monkeypatch.setattr(progress, "FIRST_S", 0.05)
    probe = Probe(command=("psql", "-c", "SELECT 1"))
    container = Standing(said=[(2, "no\nserver")] * 3 + [(0, "1")])
    waited(replace(SERVICE, probe=probe, ports=()), container, told=told)

    assert told.waits[0] == (
        "embedding is not ready after 0 s: `psql -c SELECT 1` ended with code 2 and said 'no\\nserver'"
    )
    assert told.steps == []


def test_what_is_to_be_prepared_comes_first():
    """It is run until it succeeds; what it said last is told where it does not."""
    service = replace(SERVICE, ports=(), prepare=("ollama", "pull", "m"), probe=Probe(command=("true",)))
    container = Standing(said=[(1, "no server yet"), (0, ""), (0, "")])
    waited(service, container)

    assert container.ran == [("ollama", "pull", "m"), ("ollama", "pull", "m"), ("true",)]

    with pytest.raises(StackError) as late:
        waited(replace(service, ready_limit_s=0.3), Standing(said=[(1, "pull model manifest: denied")]))

    assert str(late.value) == (
        "embedding: is not ready after 0.3 s: `ollama pull m` ended with code 1 and said 'pull model manifest: denied'"
    )


def test_what_has_neither_a_contract_nor_a_probe_is_ready_when_it_runs():
    """Nothing is asked of it."""
    assert waited(replace(SERVICE, comp=""), Standing()) < 10
