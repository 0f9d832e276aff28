"""black-list-everything, black-list-nothing."""

import pytest

from tests.lint.graphs import megaservice, node

GRAPH = (
    node("guard"),
    node("llm"),
    node("tts"),
    "mega.add(guard).add(llm).add(tts)",
    "mega.flow_to(guard, llm)",
    "mega.flow_to(llm, tts)",
)


@pytest.mark.parametrize("pattern", [".*", "", "Micro", "/"])
def test_a_pattern_that_matches_any_key_is_found(linted, pattern):
    """OPEA searches `name/MicroService`: the class's name counts."""
    text = megaservice(*GRAPH, f'reply = {{"downstream_black_list": ["{pattern}"]}}')

    assert linted("black-list-everything", {"m.py": text}) == [
        f"m.py:10 the black-list pattern {pattern!r} vetoes every node, whatever its name"
    ]


def test_a_pattern_that_matches_nothing_is_found(linted):
    """With the names that there are."""
    text = megaservice(*GRAPH, 'reply["downstream_black_list"] = ["^llms/"]')

    assert linted("black-list-nothing", {"m.py": text}) == [
        "m.py:10 the black-list pattern '^llms/' matches no node; there are llm, tts"
    ]


def test_a_pattern_that_is_none_is_found(linted):
    """Upstream lets it pass, which opens the guardrail."""
    text = megaservice(*GRAPH, 'doc = TextDoc(text="no", downstream_black_list=["llm("])')

    assert linted("black-list-nothing", {"m.py": text}) == [
        "m.py:10 the black-list pattern 'llm(' is no regular expression"
    ]
    assert linted("black-list-everything", {"m.py": text}) == []


def test_a_pattern_that_names_a_node_is_silent(linted):
    """And so is one that is not literal."""
    text = megaservice(*GRAPH, 'doc.downstream_black_list = ["^llm/", name]')

    assert linted("black-list-nothing", {"m.py": text}) == []
    assert linted("black-list-everything", {"m.py": text}) == []


def test_nothing_is_said_where_names_are_not_known(linted):
    """A pattern may match a node whose name is worked out."""
    text = megaservice(*GRAPH, "mega.add(other())", 'doc.downstream_black_list = ["^llms/"]')

    assert linted("black-list-nothing", {"m.py": text}) == []
