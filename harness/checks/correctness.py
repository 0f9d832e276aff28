"""Everything that the correctness part of a run is judged by."""

from collections.abc import Mapping
from typing import Any

from harness.checks.answers import judge_answers
from harness.checks.evidence import Evidence
from harness.checks.hops import judge_blocked, judge_retrieval
from harness.checks.isolation import judge_isolation
from harness.checks.manners import judge_manners
from harness.verdict import Verdict, unknown


def judge_first_questions(facts: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts on what was learnt of a megaservice before the parts of the run, all of which rely on it."""
    return judge_manners(facts.get("manners", {}))


def judge_correctness(facts: Mapping[str, Any], evidence: Evidence) -> list[Verdict]:
    """The nodes' contracts as they were found while the run went on, then answers, isolation and hops from the evidence."""
    contracts = [Verdict(**{**row, "evidence": tuple(row["evidence"])}) for row in facts.get("contracts", [])]
    return [
        *(contracts or [unknown("correctness.contracts", "nodes", "no node's contract was checked")]),
        *judge_answers(evidence),
        judge_isolation(evidence),
        judge_blocked(evidence),
        *judge_retrieval(evidence),
    ]
