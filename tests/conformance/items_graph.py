"""The graph (tests/cores/mega/test_dag.py, GenAIComps 8130a3f): a before b and d, b before c, c before d."""

from collections import OrderedDict


def graph():
    from comps.cores.mega.dag import DAG

    dag = DAG()
    for node in "abcd":
        dag.add_node(node)
    for one, other in ("ab", "ad", "bc", "cd"):
        dag.add_edge(one, other)
    return dag


def item_01_topological_sort():
    """Each node stands after all that come before it."""
    assert graph().topological_sort() == ["a", "b", "c", "d"]


def item_02_an_ordered_dict_of_sets():
    """The graph is what it was built as."""
    assert graph().graph == OrderedDict([("a", {"b", "d"}), ("b", {"c"}), ("c", {"d"}), ("d", set())])


def item_03_all_downstreams():
    """Of the first node, all others."""
    assert graph().all_downstreams("a") == ["b", "c", "d"]


def item_04_size():
    """Nodes are counted."""
    assert graph().size() == 4


def item_05_predecessors():
    """Of the last node two, of the third one."""
    assert (graph().predecessors("d"), graph().predecessors("c")) == (["a", "c"], ["b"])


def item_06_ind_nodes():
    """Only the first has nothing before it."""
    assert graph().ind_nodes() == ["a"]


def item_07_all_leaves():
    """Only the last has nothing behind it."""
    assert graph().all_leaves() == ["d"]


def item_08_downstream():
    """What comes right behind a node."""
    assert sorted(graph().downstream("a")) == ["b", "d"]


def item_09_from_dict():
    """A dictionary of lists builds the same graph."""
    from comps.cores.mega.dag import DAG

    other = DAG()
    other.from_dict({"a": ["b", "d"], "b": ["c"], "c": ["d"], "d": []})
    assert other.graph == graph().graph


def item_10_delete_edge():
    """One edge goes, all others stay."""
    dag = graph()
    dag.delete_edge("a", "d")
    assert dag.graph == OrderedDict([("a", {"b"}), ("b", {"c"}), ("c", {"d"}), ("d", set())])


def item_11_delete_node():
    """A node goes with the edges to it."""
    dag = graph()
    dag.delete_node("d")
    assert dag.graph == OrderedDict([("a", {"b"}), ("b", {"c"}), ("c", set())])
