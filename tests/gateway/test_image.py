"""A megaservice's image as the gateway: the real ServiceOrchestrator in a container, and what goes wrong with such images."""

import asyncio
import time

import pytest

from harness.containers.engine import OWNER, connected
from harness.discovery import SCENARIO, discover
from harness.errors import StackError
from harness.gateway.image import PORT, Lodging, lodging
from harness.images.configuration import ImageFacts
from harness.stack.stack import Keeping, Where, raised
from tests.gateway.standing import asked, on
from tests.images.stand_ins.gateway import MEGASERVICE, build
from tests.states import until

RAG = discover(SCENARIO)["rag-no-guardrail"]
QUESTION = "When does the first tram leave?"
REAL = pytest.mark.needs("docker", "mmdebstrap", "opea")
BROKEN = {
    "ends": r"gateway .*: ended with code 1; its last words:\n(.*\n)*  the model is not where it should be",
    "falls-over": r"gateway .*: ended with code 7; its last words:",
    "another-route": r"/v1/chatqna: answers 404; there is no such route; its last words:",
    "own-variables": r"answered 500 .* and called none of its nodes, so it reads .* EMBEDDING_SERVER_HOST_IP, ",
    # A quick machine has imported opea-comps by then, and this has said something.
    "deaf": r"has not answered a question after 3 s \(reset\); its (log is empty|last words:\n.*OpeaComponent)",
}


@pytest.fixture
def engine():
    """Afterwards nothing of ours is on the engine that was not there before."""
    with connected() as engine:
        build(engine)

        def ours():
            client, wanted = engine.client, {"label": f"{OWNER}={engine.owner}"}
            return client.containers.list(all=True, filters=wanted), client.networks.list(filters=wanted)

        yield engine

        assert ours() == ([], [])


def where(**how):
    return Where(gateway=MEGASERVICE, **how)


@REAL
def test_its_container_calls_our_wires(engine, tmp_path):
    """A question goes through, a fault is put on a hop and taken back, spans come home, and the image is told with its digest."""

    async def work(stack):
        right = await asked(stack, QUESTION, "stream")
        await stack.set_fault("llm", "status-500")
        wrong = await asked(stack, QUESTION)
        fired = await stack.lift("llm")
        await stack.renew()
        again = await asked(stack, QUESTION)
        until = time.monotonic() + 15
        while b"opea" not in (services := await _services(stack)) and time.monotonic() < until:  # noqa: ASYNC110 - the state is another's
            await asyncio.sleep(0.1)
        return right, wrong, fired, again, services, stack.image

    right, wrong, fired, again, services, image = on(RAG, where(), tmp_path, work)

    assert "Saltmarsh" in right.text
    assert (wrong.status, fired) == (500, {"status-500": 1})
    assert again.status == 200
    assert b'"opea"' in services
    assert image.startswith(f"{MEGASERVICE} (sha256:")


async def _services(stack):
    return (await stack.client.request("GET", f"{stack.query}/api/services")).body


@REAL
@pytest.mark.parametrize("way", BROKEN)
def test_what_is_wrong_with_it_is_said_with_its_last_words(engine, tmp_path, way):
    """At once, or after the time that it is given; nothing of it is left."""
    limit_s = 3.0 if way == "deaf" else 60.0

    with pytest.raises(StackError, match=BROKEN[way]):
        on(RAG, where(environment={"BROKEN": way}, boot_limit_s=limit_s), tmp_path, _never)


async def _never(_stack):
    raise AssertionError("a stack stands")


@REAL
def test_its_end_is_told_while_the_stack_stands(engine, tmp_path):
    """With its last words, within a second and a look."""

    async def main():
        async with raised(RAG, where(), Keeping(tmp_path)) as stack:
            (container,) = engine.client.containers.list(filters={"label": f"{OWNER}={engine.owner}"})
            container.kill()
            await until(stack.dead)
            return stack.dead()

    assert asyncio.run(main()).startswith(f"gateway {MEGASERVICE}: ended with code 137; its last words:")


@REAL
def test_an_image_that_is_not_there_is_told_before_anything_is_begun(engine, tmp_path):
    """No log of any process is left behind either."""
    with pytest.raises(StackError, match="megaservice:nope: is not on this machine"):
        on(RAG, Where(gateway="opea-harness.local/megaservice:nope"), tmp_path, _never)

    assert not (tmp_path / "logs").exists()


def test_without_an_engine_it_is_said_what_was_to_be_started(monkeypatch, tmp_path):
    """The image is named."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")

    async def main():
        async with lodging("opea/chatqna:latest"):
            raise AssertionError("there is a place")

    with pytest.raises(StackError) as caught:
        asyncio.run(main())

    assert str(caught.value).startswith(
        "--gateway opea/chatqna:latest: is no URL, and cannot be started as an image: docker: "
    )


@pytest.mark.parametrize(
    ("exposed", "given", "port"),
    [((), {}, PORT), ((7000,), {}, 7000), ((80, 443), {}, PORT), ((7000,), {"MEGA_SERVICE_PORT": "9"}, 9)],
)
def test_it_serves_at_the_port_that_it_exposes_unless_told(exposed, given, port):
    """Where it exposes none or several, at OPEA's."""
    lodged = Lodging(None, None, ImageFacts("opea/chatqna", "sha256:1", ports=exposed))

    assert lodged.port(given) == port
