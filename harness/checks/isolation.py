"""Under concurrency, does every caller get the answer to its own question?"""

import re

from harness.checks.evidence import Evidence
from harness.verdict import Verdict, holds, unknown, violated

NONCE = re.compile(r"\[nonce:([0-9a-z]+)\]")
CHECK = "correctness.isolation"


def nonces(text: str) -> frozenset[str]:
    """The nonces that a text holds."""
    return frozenset(NONCE.findall(text))


def judge_isolation(evidence: Evidence) -> Verdict:
    """Every concurrent request carried a nonce, and its answer holds that one and no other."""
    ops = [op for op in evidence.part("correctness") if op.cell.startswith("nonce:")]
    if not ops:
        return unknown(CHECK, "megaservice", "no request carried a nonce")
    expected = f"each of {len(ops)} concurrent answers holds its own nonce and no other"
    failed = [op for op in ops if not op.ok]
    for op in ops:
        own, seen = op.cell.removeprefix("nonce:"), nonces(op.text)
        if seen - {own}:
            why = f"{op.id}: the answer to [nonce:{own}] holds {min(seen - {own})}, which belongs to another caller"
            return violated(CHECK, "megaservice", why, expected=expected, actual="answers were swapped")
    if failed:
        why = f"{failed[0].id}: {failed[0].error or failed[0].status} {failed[0].detail[:160]}".strip()
        return violated(CHECK, "megaservice", why, expected=expected, actual=f"{len(failed)} requests failed")
    silent = [op for op in ops if not nonces(op.text)]
    if silent:
        why = f"{len(silent)} of {len(ops)} answers hold no nonce: this LLM does not repeat it, so whose they are cannot be told"
        return unknown(CHECK, "megaservice", why, expected=expected)
    return holds(CHECK, "megaservice", expected=expected, actual="each its own")
