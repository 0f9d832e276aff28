"""What a store that nobody filled for the run cannot tell: whether an answer out of its documents is right."""

from collections.abc import Iterable
from dataclasses import replace

from harness.checks.evidence import Evidence
from harness.verdict import Verdict

OF_DOCUMENTS = ("correctness.answers.", "correctness.recall", "correctness.mrr")


def unfilled(verdicts: Iterable[Verdict], evidence: Evidence, documents: int) -> list[Verdict]:
    """The verdicts on a stack of somebody else's, into which so many documents went; without any, what was not right is unknown.

    A request that failed is no matter of documents: what is said of its mode stays.
    """
    scenario = evidence.scenario
    blocked = {question.id for question in scenario.questions if question.blocked}
    failed = {op.mode for op in evidence.part("correctness") if not op.ok and op.question not in blocked}
    if documents or not scenario.documents:
        return [*verdicts]
    where = next(
        (f"; --node {node.name}=URL says where they go" for node in scenario.megaservice.support), ""
    )
    why = f"the run ingested none of the scenario's {len(scenario.documents)} documents, and the stack may not have them{where}"
    return [
        replace(each, verdict="unknown", why=why)
        if each.verdict == "violated"
        and each.id.startswith(OF_DOCUMENTS)
        and each.id.rpartition(".")[2] not in failed
        else each
        for each in verdicts
    ]
