"""cycle, node-not-added, node-added-twice."""

from tests.lint.graphs import megaservice, node

NODES = (node("a"), node("b"), node("c"))


def test_the_edge_that_closes_a_cycle_is_found(linted):
    """With the way round."""
    text = megaservice(
        *NODES,
        "mega.add(a).add(b).add(c)",
        "mega.flow_to(a, b)",
        "mega.flow_to(b, c)",
        "mega.flow_to(c, a)",
        "mega.flow_to(a, c)",
    )

    assert linted("cycle", {"m.py": text}) == ["m.py:10 this flow_to closes a cycle: a > b > c > a"]


def test_a_node_that_flows_to_itself_is_a_cycle(linted):
    """The shortest one."""
    text = megaservice(*NODES, "mega.add(a)", "mega.flow_to(a, a)")

    assert linted("cycle", {"m.py": text}) == ["m.py:8 this flow_to closes a cycle: a > a"]


def test_a_diamond_is_no_cycle(linted):
    """Two ways to one node are a join."""
    text = megaservice(
        *NODES, "mega.add(a).add(b).add(c)", "mega.flow_to(a, b)", "mega.flow_to(a, c)", "mega.flow_to(b, c)"
    )

    assert linted("cycle", {"m.py": text}) == []


def test_flow_to_of_a_node_that_was_not_added_is_found(linted):
    """OPEA drops the edge without a word."""
    text = megaservice(*NODES, "mega.add(a).add(b)", "mega.flow_to(a, b)", "mega.flow_to(b, c)")

    assert linted("node-not-added", {"m.py": text}) == [
        "m.py:9 flow_to speaks of c, which was never added to mega"
    ]


def test_what_a_loop_adds_is_not_guessed(linted):
    """The graph cannot be told from the text: nothing is said of it."""
    text = megaservice(*NODES, "for each in (a, b, c):", "    mega.add(each)", "mega.flow_to(a, b)")

    assert linted("node-not-added", {"m.py": text}) == []


def test_adding_and_flowing_in_two_methods_is_one_graph(linted):
    """Nodes kept on `self` are added in one and joined in the other."""
    text = megaservice(
        "class Chat:",
        "    def __init__(self):",
        "        self.mega = ServiceOrchestrator()",
        "        self." + node("a"),
        "        self." + node("b"),
        "    def nodes(self):",
        "        self.mega.add(self.a).add(self.b)",
        "    def flow(self):",
        "        self.mega.flow_to(self.a, self.b)",
        "        self.mega.flow_to(self.b, self.a)",
    )

    assert linted("node-not-added", {"m.py": text}) == []
    assert linted("cycle", {"m.py": text}) == ["m.py:13 this flow_to closes a cycle: a > b > a"]


def test_a_service_added_twice_is_found(linted):
    """The same one, or two of one name."""
    same = megaservice(*NODES, "mega.add(a).add(b)", "mega.add(a)")
    named = megaservice(node("a"), node("b").replace('name="b"', 'name="a"'), "mega.add(a).add(b)")

    assert linted("node-added-twice", {"m.py": same}) == [
        "m.py:8 a is added to mega for the second time (first in line 7)"
    ]
    assert linted("node-added-twice", {"m.py": named}) == [
        "m.py:6 a is added to mega for the second time (first in line 6)"
    ]


def test_two_builders_may_add_the_same(linted):
    """Variants of one megaservice in one file: one of them is built."""
    body = ["    " + node("a"), "    mega.add(a)"]

    assert linted("node-added-twice", {"m.py": megaservice("def one():", *body, "def two():", *body)}) == []
