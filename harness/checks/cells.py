"""What came of each fault: judged at the hop, with a witness, bounded, attributed, honest, not passed on, recovered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.checks.evidence import Evidence
from harness.history import Exchange, Op
from harness.megaservice import behind
from harness.run import Cell
from harness.verdict import Verdict, holds, not_applicable, unknown, violated

SLACK_SHARE = 0.2
SLACK_NS = 500_000_000
RECOVERY_OPS = 10
# Of itself, or by SIGTERM once all was done.
GRACEFUL = tuple(f"ended with code {code}" for code in (0, -15, 143))
RECOVERY_LIMIT_S = 180.0  # Of a container that had to begin again, models and all.
AFTER = "/after"
TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """One cell and what happened in it; `calm` are un-faulted answers by question.

    `ops` are those that the fault may have met: not one that was answered before it was there.
    """

    cell: Cell
    ops: tuple[Op, ...]
    after: tuple[Op, ...]
    evidence: Evidence
    calm: Mapping[str, str]
    limit_ns: int

    def hits(self, op: Op) -> tuple[Exchange, ...]:
        """The exchanges of this op's trace, or, without a trace, those that began while it was under way."""
        return self.evidence.by_trace.get(op.trace_id) or self.evidence.meanwhile(op)


def judge_cells(evidence: Evidence, cells: Iterable[Cell], limits_s: Mapping[str, float]) -> list[Verdict]:
    """One verdict for each cell, and one for the recovery of the whole."""
    calm = _calm(evidence)
    verdicts = []
    by_cell: dict[str, list[Op]] = {}
    for op in evidence.part("chaos", cut_off=True):
        by_cell.setdefault(op.cell, []).append(op)
    for cell in cells:
        gathered = CellEvidence(
            cell,
            tuple(op for op in by_cell.get(cell.id, ()) if _may_have_met(cell, op, evidence)),
            tuple(op for op in by_cell.get(cell.id + AFTER, ()) if op.error != "unfinished"),
            evidence,
            calm,
            int(limits_s.get(_hop(cell), 0.0) * 1e9),
        )
        verdicts.append(_judge(gathered))
    return [*verdicts, judge_recovery(evidence)] if verdicts else []


def _may_have_met(cell: Cell, op: Op, evidence: Evidence) -> bool:
    """Whether the answer was still to come; from a gateway that is to end, whether it had begun to be one too."""
    if op.ended_ns and op.ended_ns <= cell.struck_ns:
        return False
    if cell.action != TERMINATE:
        return True
    return any(each.began_ns < cell.struck_ns for each in evidence.by_trace.get(op.trace_id, ()))


def _hop(cell: Cell) -> str:
    """The node that the fault is seen at: its own, or the one that cannot do without the container."""
    return cell.hop or cell.node


def judge_recovery(evidence: Evidence) -> Verdict:
    """When all faults are gone, ten requests in a row succeed."""
    check, expected = "chaos.recovery", f"{RECOVERY_OPS} answers in a row after the last fault"
    ops = [op for op in evidence.part("calm") if op.cell == "recovery"]
    if len(ops) < RECOVERY_OPS:
        return unknown(check, "megaservice", f"only {len(ops)} requests were sent", expected=expected)
    failed = [op for op in ops[-RECOVERY_OPS:] if not op.ok]
    if failed:
        return violated(
            check,
            "megaservice",
            f"{failed[0].id}: {_seen(failed[0])}",
            expected=expected,
            actual=f"{len(failed)} failed",
        )
    return holds(check, "megaservice", expected=expected, actual="all answered")


def expectation(cell: Cell) -> str:
    """What a correct megaservice makes of the cell, in words."""
    if cell.control:
        return "nothing: the control never fires"
    if cell.action == TERMINATE:
        return "the same answer for all whose answer had begun, and an end in good order"
    if cell.outcome == "same":
        return "the same answer"
    if cell.outcome == "slower":
        return f"the same answer, {cell.slower_ms:g} ms later"
    error = f"an error that names {_hop(cell)}"
    if cell.statuses:
        error += f", {' or '.join(map(str, cell.statuses))}"
    if cell.kinds:
        error += f", {'|'.join(cell.kinds)}"
    return error if cell.outcome == "error" else f"the same answer, or {error}"


def seen(ops: Sequence[Op]) -> str:
    """What the callers of the cell saw, in words."""
    return "; ".join(dict.fromkeys(_seen(op) for op in ops)) or "nothing"


def _seen(op: Op) -> str:
    problem = op.problem or {}
    if problem:
        where = "error event" if op.error == "error_event" else str(op.status)
        return f"{where} {problem.get('kind', '?')} at {problem.get('node', '?')}"
    if op.ok:
        return f"200, {op.tokens} tokens" if op.mode == "stream" else "200, an answer"
    words = f"{op.status or 'no reply'} {op.error} {op.detail[:80]}".strip()
    return words + (", an empty answer" if op.status == 200 and not op.text else "")


def _calm(evidence: Evidence) -> dict[str, str]:
    calm: dict[str, str] = {}
    for op in evidence.part("calm", "correctness"):
        if op.ok and not op.cell.startswith("nonce:"):
            calm.setdefault(op.question, op.text.strip())
    return calm


def _judge(gathered: CellEvidence) -> Verdict:
    cell = gathered.cell
    check, expected = f"chaos.{cell.id}", expectation(cell)
    if cell.unfit:
        return not_applicable(check, cell.node, cell.unfit)
    missing, actual = _unknown(gathered), _actual(gathered)
    if missing:
        return unknown(check, cell.node, missing, expected=expected, actual=actual)
    for rule in RULES:
        wrong = rule(gathered)
        if wrong:
            return violated(check, cell.node, wrong, expected=expected, actual=actual)
    return holds(check, cell.node, expected=expected, actual=actual)


def _actual(gathered: CellEvidence) -> str:
    """What the callers saw; of a container also what the engine said, and how soon all was well again."""
    cell, words = gathered.cell, seen(gathered.ops)
    took_ms = recovered_ms(cell, gathered.after)
    witness = f"{cell.witness}: " if cell.witness else ""
    return witness + words + (f"; right again after {took_ms:.0f} ms" if took_ms is not None else "")


def _unknown(gathered: CellEvidence) -> str:
    """Why nothing can be said: no request, no counter, a fault that did not fire, one that was not taken back."""
    cell = gathered.cell
    if cell.problem:
        return cell.problem
    if not gathered.ops or cell.fired is None:
        return (
            "the fault's counter could not be read" if gathered.ops else "no request was sent under the fault"
        )
    if not cell.control and cell.fired == 0:
        return _unfired(cell)
    if not cell.lifted:
        return "the fault was not read back as gone"
    if any(op.question not in gathered.calm for op in gathered.ops):
        return "the question has no calm answer to compare with"
    if cell.outcome == "slower" and not all(_faulted(gathered, op) for op in gathered.ops):
        return f"the journal holds no exchange of {cell.node} under the fault, so its time is not known"
    return _unseen(gathered) if cell.action else ""


def _unseen(gathered: CellEvidence) -> str:
    """Of a container's: who has met it, and whether anybody asked again."""
    cell, hop = gathered.cell, _hop(gathered.cell)
    met = any(each.node == hop for op in gathered.ops for each in gathered.hits(op))
    if not met and cell.action != TERMINATE:
        return f"no exchange of {hop} met the fault, so what it did is not known"
    return "" if gathered.after else "nobody asked again after it was taken back"


def _unfired(cell: Cell) -> str:
    if cell.action:
        return f"the fault did not last: the container was {cell.witness} before the answer and no longer after it"
    return "the fault did not fire: its counter is 0"


def _control(gathered: CellEvidence) -> str:
    if gathered.cell.control and gathered.cell.fired:
        return f"the control fired {gathered.cell.fired} times; it must do nothing"
    return ""


def _graceful(gathered: CellEvidence) -> str:
    cell = gathered.cell
    if cell.action == TERMINATE and cell.witness not in GRACEFUL:
        return f"{cell.node} {cell.witness} after SIGTERM; right is one of {', '.join(GRACEFUL)}"
    return ""


def _bounded(gathered: CellEvidence) -> str:
    """I1: answer or error within the node's limit, a fifth and half a second more."""
    if not gathered.limit_ns:
        return ""
    limit_ns = int(gathered.limit_ns * (1 + SLACK_SHARE)) + SLACK_NS
    for op in gathered.ops:
        took_ns = op.ended_ns - op.sent_ns
        if op.error == "hang" or took_ns > limit_ns + _calm_ns(gathered):
            return f"it took {took_ns / 1e6:.0f} ms; {_hop(gathered.cell)} may take {gathered.limit_ns / 1e6:.0f} ms"
    return ""


def _calm_ns(gathered: CellEvidence) -> int:
    """What the rest of the chain takes: the slowest un-faulted request."""
    took = [op.ended_ns - op.sent_ns for op in gathered.evidence.part("calm") if op.ok]
    return max(took, default=0)


def _answered(gathered: CellEvidence, op: Op) -> str:
    """The op was answered as without the fault; or what is different."""
    if not op.ok:
        return f"the request failed: {_seen(op)}"
    if op.text.strip() != gathered.calm[op.question]:
        return f"a different answer as success: {op.text[:120]!r}, without the fault {gathered.calm[op.question][:120]!r}"
    return ""


def _refused(gathered: CellEvidence, op: Op) -> str:
    """The op ended in an error that says where and what; or what it lacks."""
    cell, problem = gathered.cell, op.problem or {}
    if op.status == 200 and op.error != "error_event":
        return (
            f"HTTP 200 with {'an empty answer' if not op.text else 'a partial or wrong answer'}: {_seen(op)}"
        )
    if not problem:
        return f"an error that names no node: {_seen(op)}"
    if problem.get("node") != _hop(cell):
        return f"the error names {problem.get('node')!r}, the fault was on {_hop(cell)!r}"
    if cell.kinds and problem.get("kind") not in cell.kinds:
        return f"kind is {problem.get('kind')!r}, expected {' or '.join(cell.kinds)}"
    if op.error != "error_event" and cell.statuses and op.status not in cell.statuses:
        return f"status is {op.status}, expected {' or '.join(map(str, cell.statuses))}"
    if op.error == "error_event" and op.ended:
        return "the stream failed and yet carries its end mark"
    return ""


def _outcome(gathered: CellEvidence) -> str:
    outcome = gathered.cell.outcome
    for op in gathered.ops:
        answered, refused = _answered(gathered, op), _refused(gathered, op)
        wrong = {"same": answered, "slower": answered, "error": refused, "either": answered and refused}[
            outcome
        ]
        if wrong:
            return wrong
    return ""


def _faulted(gathered: CellEvidence, op: Op) -> tuple[Exchange, ...]:
    """The op's exchanges on which the cell's fault acted."""
    cell = gathered.cell
    return tuple(each for each in gathered.hits(op) if each.node == cell.node and each.fault == cell.fault)


def _slower(gathered: CellEvidence) -> str:
    """The delay is seen at the hop itself, where noise is small against it."""
    cell = gathered.cell
    if cell.outcome != "slower":
        return ""
    took_ms = [
        (each.ended_ns - each.began_ns) / 1e6 for op in gathered.ops for each in _faulted(gathered, op)
    ]
    if min(took_ms) < cell.slower_ms:
        return f"the hop took {min(took_ms):.0f} ms, less than the fault's {cell.slower_ms:g} ms"
    return ""


def _not_passed_on(gathered: CellEvidence) -> str:
    """I9: when a node failed, no node behind it is asked."""
    cell = gathered.cell
    if cell.outcome != "error":
        return ""
    after = behind(gathered.evidence.scenario.megaservice, _hop(cell))
    for op in gathered.ops:
        reached = {each.node for each in gathered.hits(op)} & after
        if reached:
            return f"{_hop(cell)} failed and yet {sorted(reached)} were asked"
    return ""


def _recovered(gathered: CellEvidence) -> str:
    """I10: with the fault gone, the next request is answered as before; one after a container's, within its time."""
    for op in gathered.after[-1:] if gathered.cell.action else gathered.after:
        wrong = _answered(gathered, op) if op.question in gathered.calm else ""
        if wrong:
            return f"after the fault was gone: {wrong}"
    took_ms = recovered_ms(gathered.cell, gathered.after)
    if took_ms is not None and took_ms > RECOVERY_LIMIT_S * 1000:
        return f"it took {took_ms:.0f} ms until all was well again; it may take {RECOVERY_LIMIT_S:g} s"
    return ""


def recovered_ms(cell: Cell, after: Sequence[Op]) -> float | None:
    """How long after the container was what it had been all was well again; None where a wire did it, or nobody knows."""
    answered = [op.ended_ns for op in after if op.ok]
    return (min(answered) - cell.ended_ns) / 1e6 if cell.action and answered else None


RULES: tuple[Callable[[CellEvidence], str], ...] = (
    _control,
    _outcome,
    _graceful,
    _bounded,
    _slower,
    _not_passed_on,
    _recovered,
)
