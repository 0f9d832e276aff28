"""Answers that stream: what is behind them, and refusals."""

import pytest

from harness.opea import DAG, MicroService, Problem
from harness.opea.answering import graph_behind
from harness.opea.hop import Hop
from harness.opea.policy import Policy


class NoOrder:
    """An order that only makes problems."""

    def problem(self, hop, kind, words, *, expected):
        from harness.opea.problems import Failure

        return Problem(Failure(hop.name, kind, words, expected=expected))


def behind(edges, key="llm/X", vetoed=()):
    dag = DAG()
    dag.from_dict(edges)
    hop = Hop(key, "llm", MicroService("llm", use_remote_service=True), Policy())
    found = graph_behind(NoOrder(), hop, dag, vetoed)
    return None if found is None else dict(found.graph)


def test_nothing_behind_is_none():
    """The node's stream is the answer."""
    assert behind({"a": ["llm/X"], "llm/X": []}) is None


def test_all_that_comes_after_is_behind():
    """Branches that meet again are one way."""
    assert behind({"llm/X": ["a", "b"], "a": ["c"], "b": ["c"], "c": [], "other": []}) == {
        "a": {"c"},
        "b": {"c"},
        "c": set(),
    }


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ({"llm/X": ["a", "b"], "a": [], "b": []}, "parts into"),
        ({"llm/X": ["a"], "b": ["a"], "a": []}, "is joined with others at"),
    ],
)
def test_a_stream_has_one_way(edges, words):
    """What parts or is joined is a problem of the node."""
    with pytest.raises(Problem, match=words):
        behind(edges)


def test_a_join_that_was_vetoed_already_is_a_join():
    """The other node's edge is cut then, and nothing else would tell that it was there."""
    with pytest.raises(Problem, match="is joined with others at"):
        behind({"llm/X": ["a"], "a": []}, vetoed={"a"})
