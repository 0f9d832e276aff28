"""The graph, as far as a compose file tells it."""

from pathlib import Path

import pytest

from harness.compose.graph import graph_of
from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.generic import scenario_for

FILE = Path("compose.yaml")


def test_the_nodes_are_the_comps_that_the_megaservice_is_told_of_in_the_order_of_their_kinds(read):
    """Which of a server's routes is called, its names say."""
    seen = graph_of(read(), FILE).file.seen

    assert seen.path == "/v1/chatqna"
    assert [(node.name, node.service_type, node.path, node.after) for node in seen.nodes] == [
        ("embedding", "EMBEDDING", "/embed", ()),
        ("retriever", "RETRIEVER", "/v1/retrieval", ("embedding",)),
        ("rerank", "RERANK", "/rerank", ("retriever",)),
        ("llm", "LLM", "/v1/chat/completions", ("rerank",)),
    ]


def test_a_known_route_is_asked_the_questions_of_its_scenario(read, comps):
    """Its documents go in by the dataprep of the file."""
    project = read()
    graph = graph_of(project, FILE)
    chosen = {node: project.parts[name].comp.id for node, name in graph.parts.items()}
    scenario = scenario_for(graph.file, discover(SCENARIO, ()), comps, chosen)

    assert (scenario.name, scenario.megaservice.path, scenario.retriever) == (
        "compose",
        "/v1/chatqna",
        "retriever",
    )
    assert scenario.documents
    assert [node.comp for node in scenario.megaservice.nodes][::3] == [
        "third_parties.tei",
        "third_parties.vllm",
    ]


def test_without_addresses_the_nodes_are_those_that_it_waits_for(read):
    """Most files say both."""
    text = "services: {model: {image: opea/llm-docsum}, mega: {image: opea/docsum, depends_on: [model]}}"

    assert graph_of(read(text), FILE).parts == {"llm": "model"}


def test_a_model_server_that_another_comp_needs_is_no_node(read):
    """The megaservice waits for both, and calls one."""
    text = """\
services:
  vllm: {image: opea/vllm}
  llm: {image: opea/llm-textgen, environment: {LLM_ENDPOINT: "http://vllm:80"}}
  mega: {image: opea/codetrans, depends_on: [vllm, llm]}
"""
    assert graph_of(read(text), FILE).parts == {"llm": "llm"}


def test_two_nodes_of_a_kind_are_called_by_their_services(read):
    """One name would be two nodes."""
    text = "services: {a: {image: opea/vllm}, b: {image: opea/vllm}, m: {image: opea/docsum, depends_on: [a, b]}}"

    assert graph_of(read(text), FILE).parts == {"a": "a", "b": "b"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "services: {a: {image: opea/vllm}}",
            "which service is the megaservice? no service is told where comps are",
        ),
        (
            "services: {l: {image: opea/vllm}, a: {image: x, depends_on: [l]}, b: {image: x, depends_on: [l]}}",
            "which service is the megaservice? a and b all look like it; --megaservice-service NAME says it",
        ),
        (
            "services: {l: {image: opea/vllm}, a: {image: mine/x, depends_on: [l]}}",
            "a is no megaservice of GenAIExamples (mine/x), so its route is not known; --route /v1/... says where it is asked",
        ),
    ],
)
def test_what_the_file_does_not_tell_is_asked_for(read, text, told):
    """With the option that says it."""
    with pytest.raises(UsageError) as error:
        graph_of(read(text), FILE)

    assert told in str(error.value)


def test_a_megaservice_of_ones_own_is_asked_where_the_user_says(read):
    """By --route."""
    text = "services: {l: {image: opea/vllm}, a: {image: mine/x, depends_on: [l]}}"

    assert graph_of(read(text), FILE, "/v1/mine").file.seen.path == "/v1/mine"


def test_a_megaservice_without_known_comps_has_nothing_to_stand_before(read):
    """It would be a run that sees no hop."""
    with pytest.raises(UsageError, match="a is told of no comp that is known by its image"):
        graph_of(read("services: {a: {image: opea/chatqna}}", megaservice="a"), FILE)
