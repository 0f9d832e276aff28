"""The graphs of a file."""

import pytest

from harness.lint.graphs import graphs
from harness.lint.program import read_program
from tests.lint.graphs import megaservice, node


@pytest.fixture
def found(write):
    """Read the graphs of a file of these statements."""

    def read(*statements):
        (path,) = write({"m.py": megaservice(*statements)})
        return [
            (
                graph.owner,
                graph.orchestrator,
                [each.name for each in graph.members],
                [(edge.before, edge.after) for edge in graph.edges],
                graph.is_open,
            )
            for graph in graphs(read_program(path))
        ]

    return read


def test_a_script_builds_a_graph(found):
    """Outside of all functions."""
    assert found(node("a"), node("b"), "mega.add(a).add(b)", "mega.flow_to(a, b)") == [
        ("", "mega", ["a", "b"], [("a", "b")], False)
    ]


def test_each_builder_of_a_class_builds_its_own(found):
    """ChatQnA has four of them on one orchestrator."""
    body = ["    def {0}(self):", "        " + node("a"), "        self.m.add(a)"]
    text = ["class C:", "    def __init__(self):", "        self.m = ServiceOrchestrator()"]
    for name in ("one", "two"):
        text += [line.format(name) for line in body]

    assert found(*text) == [("C.one", "self.m", ["a"], [], False), ("C.two", "self.m", ["a"], [], False)]


def test_several_orchestrators_of_one_function_are_apart(found):
    """CodeGen has three."""
    text = ("other = ServiceOrchestrator()", node("a"), node("b"), "mega.add(a)", "other.add(b)")

    assert [each[1:3] for each in found(*text)] == [("mega", ["a"]), ("other", ["b"])]


def test_a_chain_on_the_constructor_is_the_name_it_gets(found):
    """`x = ServiceOrchestrator().add(a)`."""
    text = (node("a"), node("b"), "x = ServiceOrchestrator().add(a)", "x.add(b)", "x.flow_to(a, b)")

    assert found(*text) == [("", "x", ["a", "b"], [("a", "b")], False)]


def test_a_node_that_is_built_where_it_is_added_counts(found):
    """Without a name of its own; words for `flow_to` too."""
    inline = node("a").partition(" = ")[2]

    assert found(f"mega.add({inline})") == [("", "mega", ["a"], [], False)]
    assert found(node("a"), node("b"), "mega.add(a)", "mega.flow_to(from_service=a, to_service=b)")[0][3] == [
        ("a", "b")
    ]


def test_what_cannot_be_told_leaves_the_graph_open(found):
    """What a function returns."""
    assert found("mega.add(make())") == [("", "mega", [], [], True)]


def test_a_set_is_no_orchestrator(found):
    """It has an `add`, too."""
    assert found("seen = set()", "seen.add(1)") == []


def test_an_orchestrator_may_be_a_parameter_or_of_another_name(found):
    """`import ... as ...`, an annotation, a class of one's own."""
    renamed = ("from comps import ServiceOrchestrator as Flow", "flow = Flow()", node("a"), "flow.add(a)")
    given = ("def build(flow: ServiceOrchestrator):", "    " + node("a"), "    flow.add(a)")
    derived = ("class Own(ServiceOrchestrator): ...", "own: Own = Own()", node("a"), "own.add(a)")

    assert [[each[1] for each in found(*text)] for text in (renamed, given, derived)] == [
        ["flow"],
        ["flow"],
        ["own"],
    ]
