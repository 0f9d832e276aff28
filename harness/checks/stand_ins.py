"""What the answers of a stand-in cannot tell: it has the real one's shape, and nothing of what that knows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from harness.checks.evidence import Evidence
from harness.megaservice import leaves
from harness.scenario import Scenario
from harness.verdict import Verdict

MEANT = ("correctness.answers.", "correctness.unanswerable.")
REPEATED = "correctness.isolation"
STREAMED = "correctness.tokens"


def speakers(scenario: Scenario, stand_ins: Collection[str]) -> list[str]:
    """The nodes whose output is the answer, nothing coming after them, and that are stand-ins."""
    return [node.name for node in leaves(scenario.megaservice.nodes) if node.name in stand_ins]


def excused(verdicts: Iterable[Verdict], evidence: Evidence, stand_ins: Collection[str]) -> Sequence[Verdict]:
    """The verdicts, with n/a for those on what a stand-in cannot know; where a request failed, they stay as they are."""
    spoken_by = speakers(evidence.scenario, stand_ins)
    if not spoken_by:
        return [*verdicts]
    blocked = {question.id for question in evidence.scenario.questions if question.blocked}
    is_whole = all(op.ok for op in evidence.part("correctness") if op.question not in blocked)
    why = f"{spoken_by[0]} is a stand-in, which knows nothing; that it answers, and in what form, is judged"
    found = [
        replace(each, verdict="n/a", why=why) if is_whole and _is_of_knowledge(each) else each
        for each in verdicts
    ]
    return [
        _brief(each, spoken_by[0]) if each.id == STREAMED and _is_brief(evidence) else each for each in found
    ]


def _is_brief(evidence: Evidence) -> bool:
    """Is whatever came at once of a single token?"""
    streams = [op for op in evidence.part("correctness") if op.mode == "stream" and op.ok]
    return all(op.tokens < 2 for op in streams if len(set(op.content_ns)) < 2)


def _brief(verdict: Verdict, node: str) -> Verdict:
    why = f"{node} is a stand-in that says single words, in which no streaming can be seen"
    return replace(verdict, verdict="n/a", why=why) if verdict.verdict == "violated" else verdict


def _is_of_knowledge(verdict: Verdict) -> bool:
    if verdict.id == REPEATED:
        return verdict.verdict == "unknown"
    return verdict.id.startswith(MEANT) and verdict.verdict in ("holds", "violated")
