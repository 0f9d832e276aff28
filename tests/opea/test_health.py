"""What a megaservice says of its nodes."""

import asyncio
import gc
import time

import httpx
import pytest

from harness.opea import MicroService, ServiceOrchestrator, ServiceRoleType
from harness.opea.health import Graphs, nodes_health
from tests.opea.lab import Lab, Raw, Silence
from tests.opea.serving import serving


def health(replies, **more):
    """What is said of nodes that answer so, by name, and how many seconds it took."""

    async def main():
        async with Lab() as lab:
            nodes = [await lab.node(name, reply) for name, reply in replies.items()]
            nodes += [MicroService(name, host=host, use_remote_service=True) for name, host in more.items()]
            began_s = time.monotonic()
            told = await nodes_health(nodes)
            return lab, {each.pop("node"): each for each in told}, time.monotonic() - began_s

    return asyncio.run(main())


@pytest.mark.parametrize("status", [200, 404])
def test_a_node_that_answers_is_reachable(status):
    """Also one that has no `/health`; it is asked for nothing else."""
    lab, told, _ = health({"llm": Raw(status=status)})

    assert [(seen.path, seen.body) for seen in lab.seen] == [("/health", None)]
    assert (told["llm"]["reachable"], told["llm"]["status"], told["llm"]["detail"]) == (True, status, "")
    assert told["llm"]["url"].endswith("/health")


def test_a_node_that_answers_with_an_error_is_not_reachable():
    """A model server that still loads says 503."""
    _, told, _ = health({"llm": Raw(status=503)})

    assert told["llm"]["reachable"] is False
    assert (told["llm"]["status"], told["llm"]["detail"]) == (503, "answers with status 503")


def test_silent_nodes_cost_one_limit_together():
    """They are asked at once, and none is waited for longer than a second."""
    _, told, took_s = health({f"node{number}": Silence() for number in range(16)})

    assert {each["detail"] for each in told.values()} == {
        "first_byte_timeout: no whole head of a reply within 1 s"
    }
    assert 0.9 < took_s < 10  # One after another they would take 16 s.


@pytest.mark.parametrize(
    ("host", "detail"),
    [
        ("127.0.0.1", "refused: "),
        ("${HOST}", ("dns: ", "connect_timeout: ")),  # The second where names are slow to be looked up.
        ("", "protocol: is no URL"),
    ],
)
def test_a_node_that_is_not_there_says_how(host, detail):
    """Nobody listens, nobody has the name, or it is no address at all."""
    taken = MicroService("taken", host="127.0.0.1", port=0)
    taken.stop()
    service = MicroService("llm", host=host, port=taken.port, use_remote_service=True)
    (told,) = asyncio.run(nodes_health([service]))

    assert (told["reachable"], told["status"]) == (False, None)
    assert told["detail"].startswith(detail)


def test_a_key_in_an_address_is_not_told():
    """Neither to the node nor to whoever asks."""
    service = MicroService("llm", host="http://me:secret@127.0.0.1:1", api_key="key", use_remote_service=True)
    (told,) = asyncio.run(nodes_health([service]))

    assert told["url"] == "http://127.0.0.1:1/health"


def test_graphs_are_known_as_long_as_somebody_holds_them():
    """In the order of their making, and a node of two graphs once."""
    graphs = Graphs()
    one, two, three = (MicroService(name, use_remote_service=True) for name in ("one", "two", "three"))
    kept, gone = ServiceOrchestrator().add(two).add(one), ServiceOrchestrator().add(one).add(three)
    for graph in (kept, gone):
        graphs.add(graph)
    before = graphs.services()
    del graph, gone
    gc.collect()

    assert before == [two, one, three]
    assert graphs.services() == [two, one]


def test_a_megaservice_tells_of_its_nodes_and_a_microservice_has_none():
    """Beside upstream's three words; what is down changes neither the status nor `/health`."""
    graph = ServiceOrchestrator().add(MicroService("gone@health", host="", use_remote_service=True))
    mega = MicroService("mega", host="127.0.0.1", port=0, service_role=ServiceRoleType.MEGASERVICE)
    micro = MicroService("micro", host="127.0.0.1", port=0)
    with serving(mega) as one, serving(micro) as other:
        replies = [httpx.get(f"{address}/v1/health_check") for address in (one, other)]
        alive = httpx.get(f"{one}/health")
    assert graph.size() == 1

    told, plain = (reply.json() for reply in replies)
    nodes = {each["node"]: each["reachable"] for each in told.pop("nodes")}

    assert (replies[0].status_code, alive.status_code, nodes["gone@health"]) == (200, 200, False)
    assert (told, plain) == ({**plain, "Service Title": "mega"}, {**told, "Service Title": "micro"})
