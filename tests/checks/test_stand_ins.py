"""What a stand-in was to know is judged n/a, and nothing else is."""

from dataclasses import replace

from harness.checks.evidence import Evidence
from harness.checks.stand_ins import excused, speakers
from harness.discovery import SCENARIO, discover
from harness.history import Op
from harness.verdict import Verdict, holds, unknown, violated

RAG = discover(SCENARIO)["rag-seed"]
WHY = "llm is a stand-in, which knows nothing; that it answers, and in what form, is judged"
JUDGED: list[Verdict] = [
    violated("correctness.answers.json", "megaservice", "all were wrong"),
    holds("correctness.unanswerable.stream", "megaservice"),
    unknown("correctness.answers.stream", "megaservice", "not asked"),
    unknown("correctness.isolation", "megaservice", "no nonce came back"),
    violated("correctness.end-mark", "megaservice", "it was missing"),
]


def words(verdicts):
    """What each says."""
    return [each.verdict for each in verdicts]


def evidence(**how):
    """One request of the correctness part."""
    op = replace(
        Op("1", "correctness", RAG.questions[0].id, "json"), status=200, text="words", ended=True, **how
    )
    return Evidence.of(RAG, [op], [])


def test_what_a_stand_in_was_to_know_is_not_judged():
    """What was not asked stays unknown, and what has to do with form is judged as ever."""
    found = excused(JUDGED, evidence(), ["llm", "embedding"])

    assert words(found) == ["n/a", "n/a", "unknown", "n/a", "violated"]
    assert found[0].why == WHY


def test_a_real_model_is_judged_by_what_it_says():
    """Though what embeds for it is a stand-in."""
    assert excused(JUDGED, evidence(), ["embedding"]) == JUDGED


def test_a_request_that_failed_is_no_matter_of_knowledge():
    """Then nothing is excused."""
    assert excused(JUDGED, evidence(error="refused"), ["llm"]) == JUDGED


def test_a_single_word_is_no_stream_that_could_be_seen():
    """Several at once are still none."""
    at_once = [violated("correctness.tokens", "megaservice", "1 tokens at 1 times: this is no streaming")]

    assert words(excused(at_once, evidence(mode="stream", tokens=1, content_ns=[5]), ["llm"])) == ["n/a"]
    assert words(excused(at_once, evidence(mode="stream", tokens=3, content_ns=[5, 5, 5]), ["llm"])) == [
        "violated"
    ]


def test_the_answer_comes_from_the_node_that_nothing_comes_after():
    """It alone speaks."""
    assert speakers(RAG, ["llm", "retriever"]) == ["llm"]
    assert speakers(RAG, []) == []
