"""Everything that correctness is judged by."""

from harness.checks.correctness import judge_correctness
from harness.checks.evidence import Evidence
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario
from harness.verdict import violated

SCENARIO = Scenario(
    "demo",
    "",
    Megaservice("demo", "/", (Node("llm", "llms", "/"),)),
    (Question("q", "When?", answer=("nine",)),),
)


def test_without_any_evidence_nothing_is_green():
    """Nothing ran: unknown, or n/a where the scenario asks for nothing."""
    verdicts = judge_correctness({}, Evidence.of(SCENARIO, [], []))

    assert {each.verdict for each in verdicts} == {"unknown", "n/a"}
    assert verdicts[0].why == "no node's contract was checked"


def test_what_was_found_of_contracts_is_kept():
    """They were checked while the run went on, and stand in its facts."""
    found = violated("embeddings.unit-length", "embedding", "the first vector has length 2")

    verdicts = judge_correctness({"contracts": [found.as_json()]}, Evidence.of(SCENARIO, [], []))

    assert verdicts[0] == found
