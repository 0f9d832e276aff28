"""Under concurrency, does every caller get the answer to its own question?"""

import re

from harness.checks.evidence import Evidence
from harness.history import Op
from harness.megaservice import leaves
from harness.scenario import Scenario
from harness.verdict import Verdict, holds, not_applicable, unknown, violated

NONCE = re.compile(r"\[nonce:([0-9a-z]+)\]")
CHECK = "correctness.isolation"
HEARING, SOUNDING = "ASR", ("TTS", "ANIMATION")


def nonces(text: str) -> frozenset[str]:
    """The nonces that a text holds."""
    return frozenset(NONCE.findall(text))


def _wordless(scenario: Scenario) -> str:
    """Why no nonce can come back: what is asked or what is answered is no text."""
    answering = [node.name for node in leaves(scenario.megaservice.nodes)]
    for node in scenario.megaservice.nodes:
        if node.service_type == HEARING and not node.after and node.name not in scenario.unasked:
            return f"a nonce is a word, and {node.name} is given a recording"
        if node.service_type in SOUNDING and node.name in answering:
            return f"a nonce is a word, and {node.name} gives none"
    return ""


def _is_late(op: Op) -> bool:
    """Whether it only came too late: for a node's limit, or for the end of the run."""
    return bool(op.late_node) or op.error == "unfinished"


def judge_isolation(evidence: Evidence) -> Verdict:
    """Every concurrent request carried a nonce, and its answer holds that one and no other.

    No answer of any asking may hold another's; where nonces were asked again, the last asking is to have answered all. A limit of a
    node that passed then leaves *unknown* whose the answer would have been; any other failure is the megaservice's under concurrency.
    """
    ops = [op for op in evidence.part("correctness", cut_off=True) if op.cell.startswith("nonce:")]
    if not ops:
        return unknown(CHECK, "megaservice", "no request carried a nonce")
    last = list({op.cell: op for op in ops}.values())
    expected = f"each of {len(last)} concurrent answers holds its own nonce and no other"
    failed = [op for op in last if not op.ok]
    for op in ops:
        own, seen = op.cell.removeprefix("nonce:"), nonces(op.text)
        if seen - {own}:
            why = f"{op.id}: the answer to [nonce:{own}] holds {min(seen - {own})}, which belongs to another caller"
            return violated(CHECK, "megaservice", why, expected=expected, actual="answers were swapped")
    for op in sorted(failed, key=_is_late):
        word, actual = (unknown, "had no answer in time") if _is_late(op) else (violated, "failed")
        why = f"{op.id}: {op.failure}"
        return word(CHECK, "megaservice", why, expected=expected, actual=f"{len(failed)} requests {actual}")
    silent = [op for op in last if not nonces(op.text)]
    wordless = _wordless(evidence.scenario)
    if silent and wordless:
        return not_applicable(CHECK, "megaservice", f"{wordless}; all {len(last)} at once were answered")
    if silent:
        why = f"{len(silent)} of {len(last)} answers hold no nonce: this LLM does not repeat it, so whose they are cannot be told"
        return unknown(CHECK, "megaservice", why, expected=expected)
    late = sum(bool(op.late_node) for op in ops)
    again = f"; {late} that had no answer in time were asked again with all others" if late else ""
    return holds(CHECK, "megaservice", expected=expected, actual=f"each its own{again}")
