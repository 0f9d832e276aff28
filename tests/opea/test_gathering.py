"""What a node is given."""

import pytest

from harness.opea import Policy, ServiceOrchestrator
from harness.opea.proto.docarray import LLMParams
from tests.opea.asking import asked, chain, graph, problem_of


def test_an_llm_gets_its_parameters_before_the_hook():
    """The hook sees them, and decides what is sent."""

    async def build(lab):
        orchestrator = await chain(("first", {"text": "a"}), ("llm", {"text": "x"}, "llm"))(lab)
        orchestrator.align_inputs = lambda inputs, cur, *_, **__: (
            {"seen": inputs["max_tokens"]} if cur.startswith("llm") else inputs
        )
        return orchestrator

    lab, _, _ = asked(build, {"text": "q"}, LLMParams(max_tokens=9, stream=False))

    assert lab.bodies("llm") == [{"seen": 9}]


def test_an_entry_node_gets_what_came_in_and_nothing_else():
    """Other types of nodes are given no parameters."""
    lab, _, _ = asked(chain(("embedding", {"text": "a"})), {"inputs": "q"}, LLMParams(max_tokens=9))

    assert lab.bodies("embedding") == [{"inputs": "q"}]


def test_a_later_llm_is_asked_to_stream_just_if_the_caller_wants_it():
    """What came in decides, also where the node before it says nothing of it."""
    lab, _, _ = asked(
        chain(("first", {"text": "a"}), ("llm", {"text": "x"}, "llm")), {"text": "q", "stream": False}
    )

    assert lab.bodies("llm")[0]["stream"] is False


def test_a_list_is_handed_on_as_it_is():
    """A node that was given no hook is sent what the one before it said."""
    lab, _, _ = asked(chain(("tei", [[1, 2]]), ("next", {})), {"inputs": "q"})

    assert lab.bodies("next") == [[[1, 2]]]


def test_a_join_gets_what_both_gave():
    """Merged by rule."""
    lab, _, _ = asked(graph({"a": ["c"], "b": ["c"], "c": []}, {"a": {"x": 1}, "b": {"y": 2}}), {"q": 1})

    assert lab.bodies("c") == [{"x": 1, "y": 2}]


@pytest.mark.parametrize("hook", ["process_outputs", "merge"])
def test_code_of_the_graph_that_joins_and_raises_is_told_with_the_nodes_name(hook):
    """As that of the other hooks: never an error without a name."""

    def broken(*_):
        raise KeyError("docs")

    async def build(lab):
        orchestrator = ServiceOrchestrator()
        if hook == "process_outputs":
            orchestrator.process_outputs = broken
        services = [await lab.node(name, {name: 1}) for name in ("a", "b", "c")]
        for service in services[:2]:
            orchestrator.add(service)
        orchestrator.add(services[2], Policy(merge=broken if hook == "merge" else None))
        for service in services[:2]:
            orchestrator.flow_to(service, services[2])
        return orchestrator

    failure, lab = problem_of(build, {"q": 1})

    assert (failure.node, failure.kind) == ("c", "bad_schema")
    assert failure.detail == f"{hook} failed for it: KeyError: 'docs'"
    assert lab.bodies("c") == []
