"""Where nodes stand."""

from harness.report import GraphNode
from reports.figures.layout import layout


def graph(**after: str) -> list[GraphNode]:
    return [GraphNode(name=name, comp="c", path="/", after=above.split()) for name, above in after.items()]


def test_a_chain_stands_in_one_line():
    """Left to right."""
    laid = layout(graph(a="", b="a", c="b"))

    assert (laid.ranks, laid.lanes) == (3, 1)
    assert laid.places == {"a": (0, 0), "b": (1, 0), "c": (2, 0)}


def test_parallel_branches_stand_one_above_the_other():
    """The fork and the join are in the middle."""
    laid = layout(graph(a="", b="a", c="a", d="b c"))

    assert laid.places["b"][0] == laid.places["c"][0] == 1
    assert {laid.places["b"][1], laid.places["c"][1]} == {0, 1}
    assert laid.places["a"][1] == laid.places["d"][1] == 0.5


def test_a_node_comes_after_the_longest_way_to_it():
    """Not after the first one found."""
    laid = layout(graph(a="", d="a c", b="a", c="b"))

    assert laid.places["d"][0] == 3


def test_an_edge_that_jumps_over_ranks_has_a_place_in_each():
    """So it passes between nodes and not through them."""
    laid = layout(graph(a="", b="a", c="a b"))
    way = next(way for way in laid.edges if way[0] == "a" and way[-1] == "c")

    assert len(way) == 3
    assert laid.places[way[1]] != laid.places["b"]
    assert laid.places[way[1]][0] == 1


def test_edges_do_not_cross_where_they_need_not():
    """Two chains that were named in each other's order."""
    laid = layout(graph(a="", b="", d="b", c="a", e="d", f="c"))

    assert (laid.places["c"][1] < laid.places["d"][1]) == (laid.places["a"][1] < laid.places["b"][1])
    assert (laid.places["f"][1] < laid.places["e"][1]) == (laid.places["a"][1] < laid.places["b"][1])


def test_a_cycle_and_a_stranger_do_not_hang_or_fail():
    """A report may be of another's graph, so it is drawn as far as it makes sense."""
    laid = layout(graph(a="c nobody", b="a", c="b", d="d"))

    assert set(laid.places) == {"a", "b", "c", "d"}
    assert len(laid.edges) == 2


def test_no_two_places_are_the_same():
    """Of a graph with many branches."""
    shape = {
        f"n{rank}x{lane}": " ".join(f"n{rank - 1}x{each}" for each in range(3)) if rank else ""
        for rank in range(4)
        for lane in range(3)
    }
    laid = layout(graph(**shape, end="n0x0 n3x1"))

    assert len(set(laid.places.values())) == len(laid.places)


def test_an_empty_graph_has_no_places():
    """And is no error."""
    assert layout([]).places == {}
