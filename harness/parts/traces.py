"""Read back over HTTP what the stack emitted, once all of it is there."""

import time
from typing import Any

from harness.errors import TraceError
from harness.session import Session
from harness.traces import archive
from harness.traces.jaeger import Jaeger, Patience, Pull, Window
from harness.traces.opea_spans import is_request

PATIENCE = Patience(limit_s=15.0, quiet_s=0.5, export_delay_s=1.5)
BEFORE_NS, SLACK_NS = 50_000_000, 1_000_000_000


async def carry_out(session: Session) -> dict[str, Any]:
    """Keep the traces in the run's folder; gives what is to be known of the reading.

    What cannot be read is said in `traces`, and leaves node figures unknown.
    """
    run, query, progress = session.run, session.stack.query, session.progress
    if not query:
        return {"traces": "no trace store was given"}
    progress.begin("traces", 0)
    try:
        pull = await _pulled(session, query)
    except TraceError as error:
        progress.end(f"not read: {error}")
        return {"traces": str(error)}
    archive.write(run.path / "spans", pull)
    progress.end(f"{pull.span_count} spans of {len(pull.traces)} traces read back from {query}")
    return {"traces": "", "traces_settled": pull.settled, "traces_truncated": len(pull.truncated_us)}


async def _pulled(session: Session, query: str) -> Pull:
    """Every trace of the run, once as many requests are found as were sent, or the patience is at its end."""
    plan, sent = session.run.plan, {op.trace_id for op in session.run.ops if op.arrived}
    # What came before the first question was asked to see whether the gateway answers.
    first_ns = min((op.sent_ns for op in session.run.ops if op.sent_ns), default=plan.began_ns)
    began_ns = first_ns + plan.epoch_offset_ns
    async with Jaeger(query) as jaeger:
        return await jaeger.settled_traces(
            Window(began_ns - BEFORE_NS, time.time_ns() + SLACK_NS),
            session.stack.services,
            roots_expected=len(sent),
            # opea-comps begins a trace of its own for each request, which cannot be told by its id.
            count_roots=lambda traces: sum(each.trace_id in sent or is_request(each) for each in traces),
            patience=PATIENCE,
        )
