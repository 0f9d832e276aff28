"""Graphs as data."""

import pytest

from harness.errors import ScenarioError
from harness.megaservice import Megaservice, Node, behind, leaves, order


def graph(*edges, name="demo"):
    return Megaservice(
        name, "/v1/demo", tuple(Node(node, "comp", f"/{node}", tuple(after)) for node, after in edges)
    )


DIAMOND = (("d", ("b", "c")), ("b", ("a",)), ("c", ("a",)), ("a", ()))


def test_a_node_comes_after_all_that_it_waits_for():
    """The order does not depend on how the nodes were written down."""
    assert order(graph(*DIAMOND)) == ("a", "b", "c", "d")


def test_what_is_behind_a_node_is_found_near_and_far():
    """All that would be reached after it."""
    assert behind(graph(*DIAMOND), "a") == {"b", "c", "d"}
    assert behind(graph(*DIAMOND), "b") == {"d"}
    assert behind(graph(*DIAMOND), "d") == frozenset()


def test_leaves_are_what_no_other_comes_after():
    """Also those of which there is nothing else."""
    assert [node.name for node in leaves(graph(*DIAMOND).nodes)] == ["d"]
    assert [node.name for node in leaves(graph(("a", ()), ("b", ("a",)), ("c", ("a",))).nodes)] == ["b", "c"]
    assert [node.name for node in leaves(graph(("a", ())).nodes)] == ["a"]


def test_a_node_taken_out_leaves_its_neighbours_joined():
    """A variant is one line, and the name goes with it."""
    chain = graph(("a", ()), ("b", ("a",)), ("c", ("b",)))

    shorter = chain.without("b", name="shorter")

    assert shorter.name == "shorter"
    assert shorter.node("c").after == ("a",)


def test_a_node_can_be_replaced():
    """The node of that name, and no other."""
    chain = graph(("a", ()), ("b", ("a",)))

    assert chain.with_node(Node("b", "other", "/b", ("a",))).node("b").comp == "other"


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ((), "demo: the graph has no node; a megaservice needs one at least"),
        ((("a", ()), ("a", ())), "demo: node a stands twice; node names must differ"),
        ((("a", ("nope",)),), r"demo: node a comes after nope, which is no node; nodes are \['a'\]"),
        (
            (("a", ("b",)), ("b", ("a",))),
            r"demo: nodes \['a', 'b'\] wait for each other; a graph has no cycle",
        ),
    ],
)
def test_a_graph_that_cannot_be_run_is_refused(edges, message):
    """The sentence names the megaservice, the node and what would be right."""
    with pytest.raises(ScenarioError, match=message):
        graph(*edges)


def test_a_node_that_is_not_there_is_named():
    """Asking for it says which there are."""
    with pytest.raises(ScenarioError, match=r"demo: there is no node 'x'; nodes are \['a'\]"):
        graph(("a", ())).node("x")
