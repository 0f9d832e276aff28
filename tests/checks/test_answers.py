"""Right, whole, and the same streamed or not."""

import pytest

from harness.checks.answers import answer_share, judge_answers, right
from harness.checks.evidence import Evidence
from harness.history import Op
from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

KNOWN = Question("known", "When does it open?", answer=("nine", "o'clock"))
BEYOND = Question("beyond", "Who built Rome?", answerable=False)
SCENARIO = Scenario("demo", "", Megaservice("demo", "/", (Node("llm", "llms", "/"),)), (KNOWN, BEYOND))
TEXTS = {"known": "It opens at Nine o'clock.", "beyond": "I don't know."}


def ops(**changes):
    """A good answer to every question in both modes; `known__stream={...}` changes one of them."""
    made = []
    for question in (KNOWN, BEYOND):
        for mode in ("json", "stream"):
            op = Op(
                f"{question.id}-{mode}", "correctness", question.id, mode, status=200, text=TEXTS[question.id]
            )
            op.ended, op.tokens, op.content_ns = True, 3, [1, 2, 3]
            for name, value in changes.get(f"{question.id}__{mode}", {}).items():
                setattr(op, name, value)
            made.append(op)
    return made


def judged(made):
    return {each.id: each for each in judge_answers(Evidence.of(SCENARIO, made, []))}


def test_good_answers_hold():
    """Every check on answers holds for a megaservice without fault."""
    assert {each.verdict for each in judged(ops()).values()} == {"holds"}


def test_texts_that_nobody_gave_are_not_equal():
    """Nothing is no answer in either mode."""
    nothing = {"text": "", "status": 500, "error": "status"}
    names = [f"{name}__{mode}" for name in TEXTS for mode in ("json", "stream")]
    verdict = judged(ops(**dict.fromkeys(names, nothing)))["correctness.stream-equals-json"]

    assert (verdict.verdict, verdict.why) == (
        "unknown",
        "no question was answered, so there are no texts to compare",
    )


@pytest.mark.parametrize(
    ("changes", "check", "why"),
    [
        (
            {"known__json": {"text": "At ten."}},
            "correctness.answers.json",
            "known: 'When does it open?' was answered 'At ten.'",
        ),
        ({"known__stream": {"error": "reset"}}, "correctness.answers.stream", "was answered with reset"),
        (
            {"beyond__json": {"text": "Romulus."}},
            "correctness.unanswerable.json",
            "expected that it is not known",
        ),
        (
            {"known__stream": {"text": "nine o'clock!"}},
            "correctness.stream-equals-json",
            "known: the two texts differ",
        ),
        ({"known__stream": {"ended": False}}, "correctness.end-mark", "known: no end mark was seen"),
        (
            {"known__stream": {"content_ns": [5, 5, 5]}},
            "correctness.tokens",
            "3 tokens at 1 times: this is no streaming",
        ),
        ({"known__stream": {"tokens": 1, "content_ns": [5]}}, "correctness.tokens", "1 tokens at 1 times"),
    ],
)
def test_each_wrong_answer_is_caught_by_its_check(changes, check, why):
    """The check meant for it is violated and says which question."""
    verdict = judged(ops(**changes))[check]

    assert verdict.verdict == "violated"
    assert why in verdict.why


def test_a_lump_now_and_then_is_a_busy_machines():
    """Who gathers answers does so always; how many came in pieces is told."""
    made = [*ops(known__stream={"content_ns": [5, 5, 5]}), *ops()]
    verdict = judged(made)["correctness.tokens"]

    assert (verdict.verdict, verdict.actual) == ("holds", "in 3 of 4 streams")


def test_a_question_never_asked_is_unknown():
    """What was not asked is not right."""
    verdict = judged([op for op in ops() if op.id != "known-json"])["correctness.answers.json"]

    assert verdict.verdict == "unknown"
    assert "1 of 1 questions were not asked: ['known']" in verdict.why


def test_nothing_asked_is_never_green():
    """Without any request every verdict is unknown."""
    assert {each.verdict for each in judge_answers(Evidence.of(SCENARIO, [], []))} == {"unknown"}


def test_a_scenario_without_such_questions_is_not_judged_on_them():
    """There is nothing to be right about."""
    scenario = Scenario("demo", "", SCENARIO.megaservice, (KNOWN,))
    verdicts = {each.id: each.verdict for each in judge_answers(Evidence.of(scenario, [], []))}

    assert verdicts["correctness.unanswerable.json"] == "n/a"


def test_a_right_answer_holds_every_part_of_its_label():
    """Case does not matter; a missing part does."""
    assert right(KNOWN, "NINE O'CLOCK")
    assert not right(KNOWN, "nine")


def test_answers_to_questions_with_a_nonce_are_not_compared():
    """They hold the nonce, and are judged by isolation."""
    nonce = Op(
        "n", "correctness", "known", "json", cell="nonce:aa", status=200, text="nine o'clock [nonce:aa]"
    )

    assert judged([*ops(), nonce])["correctness.stream-equals-json"].verdict == "holds"


def test_the_share_of_right_answers_is_a_figure():
    """None unless every question was asked."""
    evidence = Evidence.of(SCENARIO, ops(known__stream={"text": "ten"}), [])

    assert [answer_share(evidence, mode) for mode in ("json", "stream")] == [1.0, 0.0]
    assert answer_share(Evidence.of(SCENARIO, [], []), "json") is None


def test_without_labels_an_answer_is_not_called_right():
    """That there is one is judged; a share of right ones is not known."""
    question = Question("q", "How are you?")
    scenario = Scenario("demo", "", SCENARIO.megaservice, (question,), modes=("json",))

    def of(**changes):
        op = Op("q", "correctness", "q", "json", status=200, text="Well.")
        for name, value in changes.items():
            setattr(op, name, value)
        evidence = Evidence.of(scenario, [op], [])
        return judge_answers(evidence)[0], answer_share(evidence, "json")

    (good, share), (bad, _) = of(), of(error="empty", text="")

    assert (good.verdict, share) == ("holds", None)
    assert good.expected == (
        "at least 100% of 1 questions answered in some words, for nobody says which would be right"
    )
    assert (bad.verdict, bad.why) == (
        "violated",
        "q: 'How are you?' was answered with empty, expected an answer",
    )
