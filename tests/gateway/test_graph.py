"""A megaservice of data on an engine; `test_reference.py` and `test_opea.py` have each engine whole."""

import asyncio

import harness.opea
from harness.gateway.graph import Engine, connect, served
from harness.megaservice import Asked, Megaservice, Node
from harness.opea import Policy, ServiceOrchestrator
from harness.opea.proto.docarray import LLMParams
from tests.opea.lab import Lab

ENGINE = Engine(harness.opea, LLMParams)
DIAMOND = Megaservice(
    "demo",
    "/v1/demo",
    (
        Node("a", "c", "/a"),
        Node("b", "c", "/b", ("a",)),
        Node("c", "c", "/c", ("a",)),
        Node("d", "c", "/d", ("b", "c")),
    ),
)


def test_nodes_and_edges_of_the_data_are_those_of_the_orchestrator():
    """A diamond is a diamond, and a node is at its path behind what its address says."""
    orchestrator = ServiceOrchestrator()
    connect(ENGINE, orchestrator, DIAMOND, dict.fromkeys("abcd", "http://127.0.0.1:1/prefix"))

    assert set(orchestrator.predecessors("d/MicroService")) == {"b/MicroService", "c/MicroService"}
    assert orchestrator.services["d/MicroService"].endpoint_path() == "http://127.0.0.1:1/prefix/d"


def test_an_engine_that_asks_how_nodes_are_treated_is_told():
    """Node by node; one that does not ask is told nothing."""
    told = []

    class Noting(ServiceOrchestrator):
        def add(self, service, *policy):
            told.append((service.title, *policy))
            return super().add(service, *policy)

    policy = Policy(comp="x")
    for treat in (None, lambda node: policy):
        connect(ENGINE, Noting(), DIAMOND, dict.fromkeys("abcd", "http://127.0.0.1:1"), treat)

    assert told == [*((name,) for name in "abcd"), *((name, policy) for name in "abcd")]


def test_requests_and_replies_are_those_that_the_data_says():
    """Each node's own functions are its hooks."""
    node = Node(
        "a", "c", "/", request=lambda inputs, asked: {"q": asked.text}, reply=lambda data, inputs: {"a": data}
    )

    async def main():
        async with Lab() as lab:
            url = (await lab.node("a", {"said": 1})).endpoint_path()
            orchestrator = ServiceOrchestrator()
            connect(ENGINE, orchestrator, Megaservice("demo", "/", (node,)), {"a": url})
            asked = Asked({}, "When?", stream=False)
            results, _ = await orchestrator.schedule({"text": "x"}, LLMParams(stream=False), asked=asked)
            return lab.bodies("a"), results

    assert asyncio.run(main()) == ([{"q": "When?"}], {"a/MicroService": {"a": {"said": 1}}})


def test_the_service_listens_at_once_at_the_megaservices_route():
    """On loopback, in the megaservice's role."""
    service = served(ENGINE, ServiceOrchestrator(), DIAMOND)
    service.stop()

    assert (service.host, service.endpoint, service.service_role.name) == (
        "127.0.0.1",
        "/v1/demo",
        "MEGASERVICE",
    )
    assert "/v1/demo" in {route.path for route in service.app.routes}
