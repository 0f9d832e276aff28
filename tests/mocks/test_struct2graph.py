"""The structure-to-graph mock fills a graph and asks it."""

import pytest

from mocks.struct2graph import COMPS, LOAD, NORWAY
from tests.mocks.contract import ask, broken, examples
from tests.mocks.inprocess import InProcess

(COMP,) = COMPS
PATH = "/v1/struct2graph"
(LAW,) = COMP.endpoint(PATH).variants[0].laws


def task(name, text="", cypher=""):
    """A request of that task."""
    return {"task": name, "input_text": text, "cypher_cmd": cypher}


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_what_was_indexed_last_is_what_is_asked():
    """Each index begins with an empty graph; one that fails leaves the graph as it was."""
    mock, everything = InProcess(COMP), task("Query", "MATCH (n) RETURN count(n)")
    counts = []
    for cypher in (NORWAY, LOAD, "no cypher", NORWAY):
        mock.post(PATH, task("Index", cypher=cypher))
        counts.append(mock.post(PATH, everything).json()["result"][0]["count(n)"])
    rows = mock.post(PATH, task("Query", "MATCH (c:city) RETURN c.name")).json()
    mock.close()

    assert (counts[0], counts[1] > 10, counts[2] == counts[1], counts[3]) == (2, True, True, 2)
    assert rows == {"result": [{"c.name": "Oslo"}]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (task("Ask"), "task: is 'Ask'; it is Index or Query"),
        (task("Query", "hello"), "cypher: 'hello' begins with no MATCH, MERGE or CREATE"),
    ],
)
def test_what_cannot_be_done_is_refused_and_an_internal_error_upstream(body, why):
    """The refusal says what is wrong."""
    reply = ask(COMP, "POST", PATH, body)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500


def test_a_result_that_does_not_fit_its_task_breaks_the_law():
    """Rows for an index, words for a query."""

    assert LAW.broken(task("Index"), {"result": []}) == "result: is '[]', 'Done indexing' was promised"
    assert LAW.broken(task("Query"), {"result": "x"}) == "result: is no list of rows"
