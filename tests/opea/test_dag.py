"""The graph: nodes in their order, edges without a cycle."""

from collections import OrderedDict

import pytest

from harness.opea.dag import DAG, CycleError, UnknownNodeError


@pytest.fixture
def diamond():
    """a before b and d, b before c, c before d."""
    dag = DAG()
    dag.from_dict({"a": ["b", "d"], "b": ["c"], "c": ["d"], "d": []})
    return dag


def test_nodes_are_sorted_each_after_all_before_it(diamond):
    """The order respects every edge."""
    assert diamond.topological_sort() == ["a", "b", "c", "d"]


def test_neighbours_come_in_the_order_in_which_nodes_were_added(diamond):
    """Nothing depends on the hashes of names."""
    assert diamond.downstream("a") == ["b", "d"]
    assert diamond.predecessors("d") == ["a", "c"]
    assert diamond.all_downstreams("a") == ["b", "c", "d"]
    assert (diamond.ind_nodes(), diamond.all_leaves(), diamond.size()) == (["a"], ["d"], 4)


def test_the_graph_is_an_ordered_dict_of_sets(diamond):
    """Megaservices look into it."""
    assert diamond.graph == OrderedDict([("a", {"b", "d"}), ("b", {"c"}), ("c", {"d"}), ("d", set())])


def test_a_copy_changes_by_itself(diamond):
    """A request may rewire its own graph only."""
    copy = diamond.copied()
    copy.delete_node("b")
    copy.add_edge("a", "c")

    assert copy.graph == OrderedDict([("a", {"c", "d"}), ("c", {"d"}), ("d", set())])
    assert diamond.downstream("a") == ["b", "d"]


def test_deleting_takes_the_edges_along(diamond):
    """A node leaves nothing behind, an edge leaves its nodes."""
    diamond.delete_edge("a", "d")
    diamond.delete_node("c")

    assert diamond.graph == OrderedDict([("a", {"b"}), ("b", set()), ("d", set())])


@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("b", "a"), ("d", "a")])
def test_an_edge_that_closes_a_cycle_is_refused_and_changes_nothing(diamond, one, other):
    """A loop of one node, a short and a long one."""
    before = diamond.copied().graph

    with pytest.raises(CycleError, match=f"the edge {one} -> {other} closes a cycle"):
        diamond.add_edge(one, other)

    assert diamond.graph == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dag: dag.add_node("a"), "node a is in the graph already"),
        (lambda dag: dag.add_edge("a", "x"), "node x is not in the graph; nodes are"),
        (lambda dag: dag.add_edge("x", "a"), "node x is not in the graph"),
        (lambda dag: dag.delete_node("x"), "node x is not in the graph"),
        (lambda dag: dag.delete_edge("d", "a"), "there is no edge d -> a"),
        (lambda dag: dag.downstream("x"), "node x is not in the graph"),
    ],
)
def test_what_is_not_there_is_said(diamond, change, words):
    """Unknown names are KeyErrors, with the names that there are."""
    with pytest.raises(UnknownNodeError, match=words) as caught:
        change(diamond)

    assert isinstance(caught.value, KeyError)


def test_the_forgiving_ones_forgive(diamond):
    """Adding what is there and deleting what is not changes nothing."""
    before = diamond.copied().graph
    diamond.add_node_if_not_exists("a")
    diamond.delete_node_if_exists("x")

    assert (diamond.graph, diamond.predecessors("x")) == (before, [])


def test_a_given_graph_is_judged_too():
    """Cycles and graphs without a beginning are found in plain data."""
    dag = DAG()

    assert dag.validate({"a": {"b"}, "b": set()})
    assert not dag.validate({"a": {"b"}, "b": {"a"}})
    assert not dag.validate({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    with pytest.raises(ValueError, match=r"nodes \['b', 'c'\] wait for each other"):
        dag.topological_sort({"a": {"b"}, "b": {"c"}, "c": {"b"}})


def test_a_graph_is_made_of_lists_only():
    """A text would be taken for its letters."""
    with pytest.raises(TypeError, match="node a: what comes after it is no list but str"):
        DAG().from_dict({"a": "bc"})
