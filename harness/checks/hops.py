"""What crossed the hops: was a blocked prompt stopped, and was the right document found?"""

from dataclasses import dataclass

import orjson

from harness.checks.evidence import Evidence
from harness.history import Op
from harness.megaservice import behind, order
from harness.scenario import Question
from harness.verdict import Verdict, holds, not_applicable, unknown, violated


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well the retriever found the labelled documents, over all labelled questions."""

    recall_at_k: float
    mrr: float
    questions: int


def judge_blocked(evidence: Evidence) -> Verdict:
    """A blocked question reaches its guardrail and no node behind it."""
    check = "correctness.blocked"
    questions = {each.id: each for each in evidence.scenario.questions if each.blocked}
    if not questions:
        return not_applicable(check, "megaservice", "the scenario has no question that must be blocked")
    guard = order(evidence.scenario.megaservice)[0]
    after = behind(evidence.scenario.megaservice, guard)
    unseen = next((evidence.unseen[name] for name in (guard, *sorted(after)) if name in evidence.unseen), "")
    if unseen:
        return unknown(check, "megaservice", unseen)
    ops = [op for op in evidence.part("correctness") if op.question in questions]
    expected = f"{guard} is asked and nothing behind it"
    if not ops:
        return unknown(check, guard, "no such question was asked", expected=expected)
    for op in ops:
        seen = {exchange.node for exchange in evidence.hops(op, questions[op.question].text)}
        if seen & after:
            why = f"{op.question}: the blocked prompt went on to {sorted(seen & after)}"
            return violated(check, guard, why, expected=expected, actual=f"asked: {sorted(seen)}")
        if guard not in seen:
            return unknown(
                check, guard, f"{op.question}: no exchange with {guard} was seen", expected=expected
            )
    return holds(check, guard, expected=expected, actual=f"{len(ops)} prompts stopped")


def retrieval(evidence: Evidence) -> Retrieval | str:
    """Recall and mean reciprocal rank of the retriever's replies, or why they cannot be known."""
    scenario = evidence.scenario
    if not scenario.retriever:
        return "the scenario names no retriever"
    if scenario.retriever in evidence.unseen:
        return evidence.unseen[scenario.retriever]
    labelled = [question for question in scenario.questions if question.sources and not question.blocked]
    asked = {op.question: op for op in evidence.part("correctness") if op.mode == "json" and not op.cell}
    recalls, ranks = [], []
    for question in labelled:
        if question.id not in asked:
            return f"{question.id} was not asked"
        found = _ranked(evidence, asked[question.id], question)
        if isinstance(found, str):
            return f"{question.id}: {found}"
        recalls.append(len(set(question.sources) & set(found)) / len(question.sources))
        ranks.append(next((1 / rank for rank, name in enumerate(found, 1) if name in question.sources), 0.0))
    if not recalls:
        return "no question names its sources"
    return Retrieval(sum(recalls) / len(recalls), sum(ranks) / len(ranks), len(recalls))


def _ranked(evidence: Evidence, op: Op, question: Question) -> tuple[str, ...] | str:
    scenario = evidence.scenario
    replies = [
        each
        for each in evidence.hops(op, question.text)
        if each.node == scenario.retriever and each.status == 200 and not each.fault
    ]
    if not replies:
        return f"no good reply of {scenario.retriever} was recorded"
    try:
        return scenario.ranked(orjson.loads(replies[-1].reply))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, IndexError):
        return f"the reply of {scenario.retriever} could not be read ({replies[-1].reply_bytes} bytes; its start is kept)"


def judge_retrieval(evidence: Evidence) -> list[Verdict]:
    """Recall@k and MRR reach their objectives."""
    figures = retrieval(evidence)
    node = evidence.scenario.retriever or "retriever"
    objectives = evidence.scenario.objectives
    if isinstance(figures, str):
        word = unknown if evidence.scenario.retriever else not_applicable
        return [word(f"correctness.{name}", node, figures) for name in ("recall", "mrr")]
    rows = (("recall", figures.recall_at_k, objectives.recall_at_k), ("mrr", figures.mrr, objectives.mrr))
    return [
        _at_least(f"correctness.{name}", node, value, least, figures.questions) for name, value, least in rows
    ]


def _at_least(check: str, node: str, value: float, least: float, count: int) -> Verdict:
    expected, actual = f"at least {least:.3f} over {count} questions", f"{value:.3f}"
    if value >= least - 1e-9:
        return holds(check, node, expected=expected, actual=actual)
    return violated(
        check, node, f"{node} found too few of the labelled documents", expected=expected, actual=actual
    )
