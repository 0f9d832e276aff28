"""Open-loop Poisson arrivals at a set rate for a set time, and what the instrument itself was worth."""

import asyncio
from dataclasses import asdict
from typing import Any

from harness.history import Op
from harness.load.arrivals import steady
from harness.load.certificate import certify
from harness.load.engine import Load, drive
from harness.session import Session

CONCURRENT_ASSUMED_S = 0.5  # How long a request is under way, for the certificate's concurrency.


async def carry_out(session: Session) -> dict[str, Any]:
    """Send the load; gives what the engine knows of itself (`drive`, `certificate`). Every answer is in the history."""
    plan = session.run.plan
    session.progress.begin("load", int(plan.rate_per_s * plan.duration_s))
    certificate = await certify(plan.rate_per_s, plan.rate_per_s * CONCURRENT_ASSUMED_S)
    questions = tuple(q for q in session.scenario.questions if q.answerable and not q.blocked)
    arrivals = steady(plan.rate_per_s, plan.duration_s, seed=session.seed)

    def record(op: Op) -> None:
        session.run.add(op)
        if op.part == "load":
            session.progress.step(op.error, failed=not op.ok)

    driven = await drive(Load(arrivals, questions), session.asker, record, stop=asyncio.Event())
    session.progress.end()
    return {"drive": asdict(driven), "certificate": asdict(certificate)}
