"""How a megaservice answers, judged once and not at every question."""

import pytest

from harness.checks.manners import judge_manners


def judged(*, modes=("json", "stream"), other=(), unasked=()):
    rows = judge_manners({"modes": list(modes), "other": dict(other), "unasked": list(unasked)})
    return {each.id.removeprefix("correctness."): each for each in rows}


def test_one_that_answers_as_it_is_asked_holds():
    """In both ways, with a question for every node."""
    rows = judged()

    assert [(name, each.verdict) for name, each in rows.items()] == [
        ("kind.json", "holds"),
        ("kind.stream", "holds"),
        ("nodes-asked", "holds"),
    ]


@pytest.mark.parametrize(
    ("mode", "came", "words", "other"),
    [
        (
            "json",
            "text/event-stream",
            "asked with `stream: false` it answers text/event-stream: schedule() streams unless",
            "--modes stream",
        ),
        (
            "stream",
            "application/json",
            "asked with `stream: true` it answers application/json: give schedule() LLMParams(stream=...)",
            "--modes json",
        ),
        (
            "json",
            "the gateway answered 502: lvm failed",
            "asked with `stream: false` it fails: the gateway answered 502: lvm failed; all else is judged",
            "--modes stream",
        ),
    ],
)
def test_another_kind_of_answer_is_one_finding(mode, came, words, other):
    """Which says what came, how to mend it, and how to leave it out."""
    rows = judged(other={mode: came})

    assert [name for name, each in rows.items() if each.verdict == "violated"] == [f"kind.{mode}"]
    assert rows[f"kind.{mode}"].why.startswith(words)
    assert other in rows[f"kind.{mode}"].why


def test_a_node_that_no_question_reaches_is_unknown():
    """By its name."""
    row = judged(unasked=["asr", "tts"])["nodes-asked"]

    assert row.verdict == "unknown"
    assert row.why.startswith("no question that is asked leads to asr and tts, so nothing is known")


def test_a_mode_that_was_not_asked_for_is_not_judged():
    """Nor anything where nobody had to get to know the megaservice."""
    assert list(judged(modes=("stream",))) == ["kind.stream", "nodes-asked"]
    assert judge_manners({}) == []
