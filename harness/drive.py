"""Drives a scenario through the parts of a run and leaves its evidence on disk; judging comes after, from there."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.asking import Asker
from harness.comp import Comp
from harness.errors import TraceError
from harness.fault import Fault
from harness.machine import git_commit, this_machine
from harness.parts import chaos, contracts, correctness, load
from harness.progress import Progress
from harness.run import Plan, Run, run_id
from harness.scenario import Scenario
from harness.session import Session
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Stack, Where, raised
from harness.traces import archive
from harness.traces.jaeger import Jaeger, Patience, Window

PARTS = ("correctness", "chaos", "load")
TRACE_PATIENCE = Patience(limit_s=15.0, quiet_s=0.5, export_delay_s=1.5)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to do: `parts` of correctness, chaos and load; `faults` and `comps` are the catalogues it works with."""

    scenario: Scenario
    where: Where
    parts: tuple[str, ...]
    faults: Mapping[str, Fault]
    comps: Mapping[str, Comp]
    seed: int = 0
    rate_per_s: float = 0.0
    duration_s: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    runs_dir: Path = Path("runs")
    command: str = ""


def planned(wish: Wish) -> Plan:
    """The plan of a run, before anything is started."""
    scenario, now = wish.scenario, datetime.now(UTC)
    git = git_commit(Path.cwd())
    return Plan(
        id=run_id(scenario.name, git, now),
        scenario=scenario.name,
        says=scenario.says,
        gateway=wish.where.gateway,
        seed=wish.seed,
        parts=list(wish.parts),
        rate_per_s=wish.rate_per_s or scenario.rate_per_s,
        duration_s=wish.duration_s or scenario.duration_s,
        started=now.isoformat(timespec="seconds"),
        began_ns=time.monotonic_ns(),
        epoch_offset_ns=time.time_ns() - time.monotonic_ns(),
        git=git,
        command=wish.command,
        machine=this_machine(),
        graph=[],
        limits_s={node.name: node.limits.first_byte_s for node in scenario.megaservice.nodes},
        wired=not wish.where.gateway_url,
        traced=wish.where.jaeger != "none"
        and not (wish.where.gateway_url and wish.where.jaeger == "embedded"),
    )


async def carry_out(wish: Wish, run: Run, progress: Progress) -> None:
    """Raise the stack, do the parts, read the traces back, leave everything in the run's folder.

    Cancelled, it takes faults back, ends what it started, and leaves a folder that says that it was interrupted.
    """
    facts = Facts(run)
    keeping = Keeping(run.path / "logs", run.path / "journal.jsonl", run_id=run.plan.id, seed=wish.seed)
    progress.begin("stack", 0)
    try:
        async with raised(wish.scenario, wish.where, keeping) as stack:
            await _parts(wish, run, stack, progress, facts)
        facts.note(ended="complete")
    except asyncio.CancelledError:
        facts.note(ended="interrupted")
        raise
    finally:
        facts.note(ended_ns=time.monotonic_ns())
        run.close()


@dataclass(slots=True)
class Facts:
    """What only the living run knows, on disk as soon as it is known."""

    run: Run
    known: dict[str, Any] = field(default_factory=dict)

    def note(self, **facts: object) -> None:
        """Add to the facts; later ones win."""
        self.known.update(facts)
        self.run.write("facts.json", self.known)


async def _parts(wish: Wish, run: Run, stack: Stack, progress: Progress, facts: Facts) -> None:
    documents = await ingest(stack)
    run.plan.graph = stack.graph
    run.write("plan.json", run.plan.model_dump(mode="json"))
    ready_s = (time.monotonic_ns() - run.plan.began_ns) / 1e9
    facts.note(urls=stack.urls, documents=documents, ready_s=ready_s, parts_done=[])
    progress.end(f"{stack.endpoint} ready after {ready_s:.1f} s")
    asker = Asker(stack.client, stack.endpoint, wish.scenario, headers=wish.headers)
    session = Session(wish.scenario, stack, run, asker, progress, wish.seed)
    done: list[str] = []
    try:
        for part in wish.parts:
            if part == "correctness":
                verdicts = await contracts.carry_out(session, wish.comps)
                facts.note(contracts=[verdict.as_json() for verdict in verdicts])
                await correctness.carry_out(session)
            elif part == "chaos" and stack.ours:
                await chaos.carry_out(session, wish.faults)
            elif part == "load":
                facts.note(load=await load.carry_out(session))
            facts.note(parts_done=[*done, part])
            done.append(part)
    finally:
        facts.note(dead=stack.dead())
    await _read_traces(run, stack, progress, facts)


async def _read_traces(run: Run, stack: Stack, progress: Progress, facts: Facts) -> None:
    """Read back over HTTP what the stack emitted; what cannot be read is said, and leaves node figures unknown."""
    if not stack.query:
        facts.note(traces="no trace store was given")
        return
    progress.begin("traces", 0)
    sent = {op.trace_id for op in run.ops if op.sent_ns}
    offset_ns = run.plan.epoch_offset_ns
    window = Window(run.plan.began_ns + offset_ns - 1_000_000_000, time.time_ns() + 1_000_000_000)
    try:
        async with Jaeger(stack.query) as jaeger:
            pull = await jaeger.settled_traces(
                window,
                roots_expected=len(sent),
                count_roots=lambda traces: len({trace.trace_id for trace in traces} & sent),
                patience=TRACE_PATIENCE,
            )
    except TraceError as error:
        facts.note(traces=str(error))
        progress.end(f"not read: {error}")
        return
    archive.write(run.path / "spans", pull)
    facts.note(traces="", traces_settled=pull.settled, traces_truncated=len(pull.truncated_us))
    progress.end(f"{pull.span_count} spans of {len(pull.traces)} traces read back from {stack.query}")
