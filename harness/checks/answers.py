"""Is what was answered right, whole, and the same streamed or not?"""

from collections.abc import Iterable, Sequence

from harness.checks.evidence import Evidence
from harness.history import Mode, Op
from harness.scenario import Question
from harness.verdict import Verdict, holds, not_applicable, unknown, violated

MODES: tuple[Mode, ...] = ("json", "stream")
SHOWN = 160
LUMPS_SHARE = 0.5  # Who gathers an answer does so always; a busy machine hands over several tokens at once now and then.
REFUSALS = (
    "don't know",
    "do not know",
    "no information",
    "not know",
    "cannot find",
    "no answer",
    "not mentioned",
)


def right(question: Question, text: str) -> bool:
    """Does the text answer the question as its label says?"""
    folded = text.casefold()
    if not question.answerable:
        return any(refusal in folded for refusal in REFUSALS)
    return all(part.casefold() in folded for part in question.answer)


def answer_share(evidence: Evidence, mode: Mode) -> float | None:
    """The share of labelled questions that were answered rightly; None unless there are some and all of them were asked."""
    asked = {op.question: op for op in _plain(evidence) if op.mode == mode}
    known = [each for each in evidence.scenario.questions if each.answer and not each.blocked]
    if not known or any(question.id not in asked for question in known):
        return None
    return sum(asked[each.id].ok and right(each, asked[each.id].text) for each in known) / len(known)


def judge_answers(evidence: Evidence) -> list[Verdict]:
    """All verdicts on answers of the correctness part."""
    ops = _plain(evidence)
    questions = {each.id: each for each in evidence.scenario.questions}
    known = [question for question in questions.values() if question.answerable and not question.blocked]
    beyond = [question for question in questions.values() if not question.answerable and not question.blocked]
    verdicts = []
    for mode in evidence.scenario.modes:
        mine = [op for op in ops if op.mode == mode]
        least = evidence.scenario.objectives.answer_share
        verdicts.append(_share(f"correctness.answers.{mode}", mine, known, least))
        verdicts.append(_share(f"correctness.unanswerable.{mode}", mine, beyond, 1.0))
    if "stream" not in evidence.scenario.modes:
        return [*verdicts, *_streamless()]
    return [*verdicts, _same_text(ops, evidence), *_streams(evidence, ops)]


def _streamless() -> list[Verdict]:
    """What would be said of streams, for a megaservice that is asked for none."""
    return [
        not_applicable(f"correctness.{name}", "megaservice", "the megaservice is asked for no stream")
        for name in ("stream-equals-json", "end-mark", "tokens")
    ]


def _plain(evidence: Evidence) -> list[Op]:
    """The labelled questions as they were asked, without those that carried a nonce."""
    return [op for op in evidence.part("correctness") if not op.cell]


def _share(check: str, ops: Sequence[Op], questions: Sequence[Question], least: float) -> Verdict:
    """At least this share of the questions is answered rightly; a question never asked makes it unknown."""
    if not questions:
        return not_applicable(check, "megaservice", "the scenario has no such question")
    labelled = not questions[0].answerable or all(question.answer for question in questions)
    asked = {op.question: op for op in ops}
    missing = [question.id for question in questions if question.id not in asked]
    if missing:
        return unknown(
            check,
            "megaservice",
            f"{len(missing)} of {len(questions)} questions were not asked: {missing[:3]}",
        )
    wrong = [
        question
        for question in questions
        if not (asked[question.id].ok and right(question, asked[question.id].text))
    ]
    share = 1 - len(wrong) / len(questions)
    rightly = "rightly" if labelled else "in some words, for nobody says which would be right"
    expected = f"at least {least:.0%} of {len(questions)} questions answered {rightly}"
    if share >= least:
        return holds(check, "megaservice", expected=expected, actual=f"{share:.0%}")
    first = wrong[0]
    said = asked[first.id]
    why = f"{first.id}: {first.text!r} was answered {_said(said)}, expected {_label(first)}"
    return violated(check, "megaservice", why, expected=expected, actual=f"{share:.0%} ({len(wrong)} wrong)")


def _label(question: Question) -> str:
    if not question.answerable:
        return "that it is not known"
    return " and ".join(repr(part) for part in question.answer) or "an answer"


def _said(op: Op) -> str:
    return repr(op.text[:SHOWN]) if op.ok else f"with {op.failure}"


def _same_text(ops: Sequence[Op], evidence: Evidence) -> Verdict:
    """A question's streamed text equals its text without streaming."""
    check = "correctness.stream-equals-json"
    if "json" not in evidence.scenario.modes:
        return not_applicable(check, "megaservice", "the megaservice is asked for streams alone")
    texts = {mode: {op.question: op for op in ops if op.mode == mode} for mode in MODES}
    both = [q.id for q in evidence.scenario.questions if all(q.id in texts[mode] for mode in MODES)]
    if not both:
        return unknown(check, "megaservice", "no question was asked in both modes")
    if not any(texts[mode][question].text.strip() for mode in MODES for question in both):
        return unknown(check, "megaservice", "no question was answered, so there are no texts to compare")
    for question in both:
        plain, streamed = texts["json"][question], texts["stream"][question]
        if plain.text.strip() != streamed.text.strip():
            return violated(
                check,
                "megaservice",
                f"{question}: the two texts differ",
                expected=plain.text[:SHOWN],
                actual=streamed.text[:SHOWN],
            )
    return holds(check, "megaservice", expected="equal texts", actual=f"equal for {len(both)} questions")


def _streams(evidence: Evidence, ops: Iterable[Op]) -> list[Verdict]:
    """Every stream ends with its end mark, and its tokens arrive one after the other."""
    blocked = {question.id for question in evidence.scenario.questions if question.blocked}
    streams = [op for op in ops if op.mode == "stream" and op.question not in blocked]
    if not streams:
        return [
            unknown(f"correctness.{name}", "megaservice", "nothing was streamed")
            for name in ("end-mark", "tokens")
        ]
    unended = [op for op in streams if not op.ended]
    lumps = [op for op in streams if op.tokens < 2 or len(set(op.content_ns)) < 2]
    verdicts = []
    expected = f"the end mark closes each of {len(streams)} streams"
    if unended:
        why = f"{unended[0].question}: no end mark was seen ({unended[0].error or 'the stream just ended'})"
        verdicts.append(
            violated(
                "correctness.end-mark",
                "megaservice",
                why,
                expected=expected,
                actual=f"{len(unended)} lack it",
            )
        )
    else:
        verdicts.append(holds("correctness.end-mark", "megaservice", expected=expected, actual="all"))
    expected = "a stream's tokens arrive one after the other"
    if lumps and len(lumps) >= LUMPS_SHARE * len(streams):
        why = f"{lumps[0].question}: {lumps[0].tokens} tokens at {len(set(lumps[0].content_ns))} times: this is no streaming"
        verdicts.append(
            violated(
                "correctness.tokens", "megaservice", why, expected=expected, actual=f"{len(lumps)} at once"
            )
        )
    else:
        verdicts.append(
            holds(
                "correctness.tokens",
                "megaservice",
                expected=expected,
                actual=f"in {len(streams) - len(lumps)} of {len(streams)} streams",
            )
        )
    return verdicts
