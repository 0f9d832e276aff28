"""What upstream's own tests of its graph assert (tests/cores/mega/test_dag.py, GenAIComps 8130a3f): items 1 to 11."""

from collections import OrderedDict

import pytest

from harness.opea import DAG

pytestmark = pytest.mark.conformance


@pytest.fixture
def dag():
    dag = DAG()
    for node in "abcd":
        dag.add_node(node)
    for one, other in ("ab", "ad", "bc", "cd"):
        dag.add_edge(one, other)
    return dag


def test_01_topological_sort(dag):
    """a before b and d, b before c, c before d: a, b, c, d."""
    assert dag.topological_sort() == ["a", "b", "c", "d"]


def test_02_graph_is_an_ordered_dict_of_sets(dag):
    """As it was built."""
    assert dag.graph == OrderedDict([("a", {"b", "d"}), ("b", {"c"}), ("c", {"d"}), ("d", set())])


def test_03_all_downstreams(dag):
    """Of a: b, c, d."""
    assert dag.all_downstreams("a") == ["b", "c", "d"]


def test_04_size(dag):
    """Four nodes."""
    assert dag.size() == 4


def test_05_predecessors(dag):
    """Of d: a and c; of c: b."""
    assert (dag.predecessors("d"), dag.predecessors("c")) == (["a", "c"], ["b"])


def test_06_ind_nodes(dag):
    """Only a."""
    assert dag.ind_nodes() == ["a"]


def test_07_all_leaves(dag):
    """Only d."""
    assert dag.all_leaves() == ["d"]


def test_08_downstream(dag):
    """Of a: b and d."""
    assert sorted(dag.downstream("a")) == ["b", "d"]


def test_09_from_dict(dag):
    """Builds the same graph."""
    other = DAG()
    other.from_dict({"a": ["b", "d"], "b": ["c"], "c": ["d"], "d": []})

    assert other.graph == dag.graph


def test_10_delete_edge(dag):
    """Removes the one edge."""
    dag.delete_edge("a", "d")

    assert dag.graph == OrderedDict([("a", {"b"}), ("b", {"c"}), ("c", {"d"}), ("d", set())])


def test_11_delete_node(dag):
    """Removes the node and the edges to it."""
    dag.delete_node("d")

    assert dag.graph == OrderedDict([("a", {"b"}), ("b", {"c"}), ("c", set())])
