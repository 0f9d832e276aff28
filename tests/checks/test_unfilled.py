"""What a store that nobody filled cannot tell."""

from harness.checks.evidence import Evidence
from harness.checks.unfilled import unfilled
from harness.history import Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Document, Question, Scenario
from harness.verdict import holds, violated

GRAPH = Megaservice(
    "demo", "/", (Node("find", "r", "/r"),), support=(Node("fill", "dataprep", "/v1/dataprep/ingest"),)
)
SCENARIO = Scenario(
    "demo", "", GRAPH, (Question("q", "?"), Question("b", "!", blocked=True)), documents=(Document("a", "b"),)
)
OPS = (Op("1", "correctness", "q", "json", status=200, text="yes"), Op("2", "correctness", "b", "json"))
WRONG = (
    violated("correctness.answers.json", "megaservice", "wrong"),
    violated("correctness.recall", "find", "too few"),
)
RIGHT = (holds("correctness.mrr", "find"), violated("correctness.end-mark", "megaservice", "lacking"))


def test_what_is_not_right_of_documents_that_nobody_ingested_is_unknown():
    """What is right, and what is no matter of documents, stays."""
    found = unfilled((*WRONG, *RIGHT), Evidence.of(SCENARIO, OPS, ()), 0)

    assert [each.verdict for each in found] == ["unknown", "unknown", "holds", "violated"]
    assert found[0].why == (
        "the run ingested none of the scenario's 1 documents, and the stack may not have them; --node fill=URL says where they go"
    )


def test_an_answer_that_should_be_right_is_judged():
    """Documents went in."""
    assert unfilled(WRONG, Evidence.of(SCENARIO, OPS, ()), 1) == [*WRONG]


def test_an_answer_that_did_not_come_is_no_matter_of_documents():
    """In its own mode; the other's came."""
    streamed = violated("correctness.answers.stream", "megaservice", "wrong")
    ops = (*OPS, Op("3", "correctness", "q", "stream"))
    found = unfilled((WRONG[0], streamed), Evidence.of(SCENARIO, ops, ()), 0)

    assert [each.verdict for each in found] == ["unknown", "violated"]
