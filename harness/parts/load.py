"""Open-loop Poisson arrivals at a set rate for a set time, and what the instrument itself was worth."""

import asyncio
from dataclasses import asdict
from typing import Any

from harness.history import Mode, Op
from harness.load.arrivals import Arrivals
from harness.load.certificate import certify
from harness.load.engine import Load, drive
from harness.load.figures import concurrency
from harness.session import Session, answerable


async def carry_out(session: Session) -> dict[str, Any]:
    """Send the load, then certify the instrument at what was under way; gives both as data. Every answer is in the history.

    Cancelled, it stops sending, cuts off what is under way, and raises after that.
    """
    plan, ops = session.run.plan, list[Op]()
    questions = answerable(session.scenario)
    mode: Mode = "stream" if "stream" in session.scenario.modes else "json"
    arrivals = Arrivals(plan.rate_per_s, plan.duration_s, seed=session.seed)
    session.progress.begin("load", arrivals.count)

    def record(op: Op) -> None:
        session.run.add(op)
        if op.part == "load":
            ops.append(op)
            session.progress.step(op.error, failed=not op.ok)

    stop = asyncio.Event()
    driving = asyncio.ensure_future(drive(Load(arrivals, questions, mode), session.asker, record, stop=stop))
    try:
        driven = await asyncio.shield(driving)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({driving})
        raise
    certificate = await certify(plan.rate_per_s, concurrency(ops), mode=mode)
    session.progress.end()
    return {"drive": asdict(driven), "certificate": asdict(certificate)}
