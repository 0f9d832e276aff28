"""Nodes, and the chains that add them."""

import ast
from pathlib import Path

from harness.lint.finding import Spot
from harness.lint.graph import Edge, Graph, chain_root, node_of
from harness.lint.values import Names, Value


def built(text):
    """Return the node that an expression builds."""
    return node_of(ast.parse(text).body[0].value, "x", "m.py", Names())


def test_what_is_not_given_has_opeas_default():
    """An LLM at localhost:8080, route `/`."""
    node = built("MicroService('llm')")

    assert (node.name, node.service_type, node.endpoint) == ("llm", "LLM", "/")
    assert (node.host, node.port) == (Value("localhost"), Value("8080"))


def test_what_is_given_is_read_with_its_line():
    """A port may be given in another line than the call."""
    node = built(
        "MicroService(\n name='a',\n port=9000,\n endpoint='/v1/x',\n service_type=ServiceType.RERANK)"
    )

    assert (node.name, node.service_type, node.endpoint, node.port) == ("a", "RERANK", "/v1/x", Value("9000"))
    assert (node.spot.line, node.port_spot.line, node.endpoint_spot.line) == (1, 3, 4)


def test_settings_that_are_handed_through_are_unknown():
    """`**settings` may hold any of them."""
    node = built("MicroService(name='a', **settings)")

    assert (node.service_type, node.endpoint, node.host) == (None, None, Value())


def test_a_megaservices_own_server_is_no_node():
    """It serves the graph."""
    assert built("MicroService('chat', service_role=ServiceRoleType.MEGASERVICE)") is None


def test_a_chain_leads_back_to_its_orchestrator():
    """However long."""
    call = ast.parse("self.m.add(a).add(b).add(c)").body[0].value

    assert ast.unparse(chain_root(call)) == "self.m"


def test_two_parts_of_a_graph_become_one():
    """Nodes, edges and what is not known."""
    at = Spot(str(Path("m.py")), 1)
    one, other = Graph("f", "m", added=[("a", at)]), Graph("g", "m", edges=[Edge("a", "b", at)], is_open=True)
    one.absorb(other)

    assert (one.added, one.edges, one.is_open) == ([("a", at)], [Edge("a", "b", at)], True)
    assert (one.label("a"), one.members) == ("a", [])
