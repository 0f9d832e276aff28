"""What stands behind a node."""

from harness.lint.behind import behind, comps_at, known, meant
from harness.lint.sources import read_sources
from tests.lint.graphs import megaservice, node

COMPOSE = """\
services:
  guard:
    image: opea/guardrails
    ports: ["9090:9090"]
  mine:
    image: example/mine
    ports: ["9000:9000"]
"""


def test_a_node_is_held_to_the_service_that_it_calls(write):
    """Where the image is that of a known comp, and where its route is not that of another graph's image."""
    text = megaservice(
        node("a", "/v1/bias", "GUARDRAIL", port="9090"), node("b", "/v1/x", port="9000"), "mega.add(a).add(b)"
    )
    sources = read_sources(write({"m.py": text, "c.yaml": COMPOSE}))
    (one,) = sources.megaservices

    assert {key.name: service.name for key, service in behind(sources, one).items()} == {"a": "guard"}


def test_without_a_stack_a_nodes_type_tells(write):
    """And its route; nothing tells where either is not known."""
    text = megaservice(
        node("a", "/v1/bias", "GUARDRAIL"), "b = MicroService(**settings)", "mega.add(a).add(b)"
    )
    sources = read_sources(write({"m.py": text}))
    (graph,) = sources.megaservices[0].graphs

    assert behind(sources, sources.megaservices[0]) == {}
    assert [[comp.id for comp in comps_at(sources, each, None)] for each in graph.members] == [
        ["guardrails.bias_detection"],
        [],
    ]


def test_a_wrong_route_means_the_one_most_like_it(write):
    """Where one is like enough; nothing is made of a route like none, nor of a megaservice's."""
    statements = [
        node(name, path, "RETRIEVER")
        for name, path in (("a", "/v1/retrieve"), ("b", "/ask"), ("c", "/v1/chatqna"))
    ]
    sources = read_sources(write({"m.py": megaservice(*statements, "mega.add(a).add(b).add(c)")}))
    nodes = sources.megaservices[0].graphs[0].members

    assert [[endpoint.key for _, endpoint in meant(sources, each, None)] for each in nodes] == [
        ["POST /v1/retrieval"],
        [],
        [],
    ]
    assert [comp.id for comp in known(sources, nodes[0], None)] == ["retrievers"]
