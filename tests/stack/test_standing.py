"""What is running, as it is asked and told."""

from harness.client import Client
from harness.discovery import SCENARIO, discover
from harness.stack.standing import Hop, Stack

RAG = discover(SCENARIO)["rag"]
LLM = RAG.megaservice.node("llm")


class Living:
    """Whatever runs, and may have ended."""

    def __init__(self, ended):
        self.name, self.ended = "x", ended


def stack(gateway="http://127.0.0.1:8888", **how):
    """A stack of one hop, of which nothing runs."""
    hop = Hop(LLM, "mock", "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3/_harness/llm")
    return Stack(RAG, gateway, {"llm": hop}, Client(), **how)


def test_questions_go_to_the_megaservices_route():
    """Unless the address that was given names another."""
    assert stack().endpoint == "http://127.0.0.1:8888/v1/chatqna"
    assert stack("http://127.0.0.1:8888/mine").endpoint == "http://127.0.0.1:8888/mine"


def test_a_person_is_told_every_address():
    """That of the traces where there are any."""
    assert stack(query="http://127.0.0.1:4").urls == {
        "gateway": "http://127.0.0.1:8888/v1/chatqna",
        "llm": "http://127.0.0.1:1",
        "traces": "http://127.0.0.1:4",
    }


def test_the_graph_says_where_each_node_is_as_far_as_it_is_known():
    """In the order in which they are asked."""
    where = {node.name: node.where for node in stack().graph}

    assert list(where)[-1] == "llm"
    assert (where["llm"], where["rerank"]) == ("mock", "not known")


def test_a_hops_journal_is_at_its_wire():
    """Of one without a wire it would be at the node itself."""
    assert stack().hops["llm"].journal == "http://127.0.0.1:3/_harness/llm/exchanges"
    assert Hop(LLM, "mock", "http://a", "http://a").journal == "http://a/_harness/exchanges"


def test_whoever_ended_is_told():
    """All of them."""
    children = {"a": Living(""), "b": Living("b ended with code 1"), "c": Living("c ended with code 2")}

    assert stack(children=children).dead() == "b ended with code 1; c ended with code 2"
    assert stack(beside=(Living("d ended with code 3"),)).dead() == "d ended with code 3"
    assert stack().dead() == ""
