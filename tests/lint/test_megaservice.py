"""All that a megaservice's file says."""

from harness.lint.megaservice import read_megaservice
from tests.lint.graphs import megaservice, node


def test_a_file_is_read_once_for_all_rules(write):
    """Graphs, hooks, and the names of its variables."""
    text = megaservice(node("a", host='os.getenv("A_HOST", "x")'), "mega.add(a)", "mega.align_inputs = f")
    (path,) = write({"m.py": text})
    found = read_megaservice(path)

    assert [[each.name for each in graph.members] for graph in found.graphs] == [["a"]]
    assert [hook.name for hook in found.hooks] == ["align_inputs"]
    assert (found.variables, found.reads_all) == ({"A_HOST"}, False)
