"""Drives a scenario through the parts of a run and leaves its evidence on disk; judging comes after, from there."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.asking import Asker
from harness.comp import Comp
from harness.errors import HarnessError
from harness.fault import Fault
from harness.machine import git_commit, this_machine
from harness.parts import chaos, contracts, correctness, defects, hops, load, manners, traces
from harness.progress import Progress
from harness.run import Plan, Run, run_id
from harness.scenario import Scenario
from harness.session import Session
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Stack, Where, raised

if TYPE_CHECKING:
    from harness.gateway.launch import Engine

PARTS = ("correctness", "chaos", "load")
DEFECTS = "defects"  # A part too, which tells of an engine and not of a scenario.


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to do: `parts` of correctness, chaos, load and defects; `faults` and `comps` are the catalogues it works with."""

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
        limits_s={node.name: node.limits.total_s for node in scenario.megaservice.nodes},
        wired=not wish.where.is_attached,
        traced=wish.where.jaeger != "none" and not (wish.where.is_attached and not wish.where.jaeger_url),
        file=wish.where.file.as_json() if wish.where.file else None,
        folders=[str(folder.resolve()) for folder in wish.where.folders],
        images=wish.where.genuine,
        stand_ins=wish.where.stand_ins,
    )


async def carry_out(wish: Wish, run: Run, progress: Progress) -> None:
    """Raise the stack, do the parts, read the traces back, leave everything in the run's folder.

    Cancelled, it takes faults back, ends what it started, and leaves a folder that says that it was interrupted.
    """
    async with under_way(wish, run, progress) as driver:
        for part in wish.parts:
            await driver.carry_out(part)
        await driver.read_traces()


@asynccontextmanager
async def under_way(wish: Wish, run: Run, progress: Progress) -> AsyncIterator["Driver"]:
    """A run whose stack stands; at the end, however it comes, its folder says how it ended and nothing of it is left running.

    A run whose stack does not get ready leaves its logs and why; where nobody said anything, it leaves no folder.
    """
    facts = Facts(run)
    keeping = Keeping(run.path / "logs", run.path / "journal.jsonl", run_id=run.plan.id, seed=wish.seed)
    progress.begin("stack", 0)
    try:
        async with raised(wish.scenario, wish.where, keeping, progress) as stack:
            driver = await _begun(wish, run, stack, progress, facts)
            try:
                yield driver
            finally:
                facts.note(dead=stack.dead())
        facts.note(ended="complete")
    except asyncio.CancelledError:
        facts.note(ended="interrupted")
        raise
    except HarnessError as error:
        if "parts_done" not in facts.known:
            facts.note(ended="unbegun", why=error.in_one_line)
        raise
    finally:
        facts.note(ended_ns=time.monotonic_ns())
        run.close()
        if facts.known.get("ended") == "unbegun" and not run.has_logs:
            run.discard()


@dataclass(slots=True)
class Facts:
    """What only the living run knows, on disk as soon as it is known."""

    run: Run
    known: dict[str, Any] = field(default_factory=dict)

    def note(self, **facts: object) -> None:
        """Add to the facts; later ones win."""
        self.known.update(facts)
        self.run.write("facts.json", self.known)


async def _begun(wish: Wish, run: Run, stack: Stack, progress: Progress, facts: Facts) -> "Driver":
    """The store is filled, and the plan knows the graph; what is measured can begin."""
    documents = await ingest(stack)
    run.plan.graph = stack.graph
    run.plan.gateway = stack.image or run.plan.gateway
    run.write("plan.json", run.plan.model_dump(mode="json"))
    ready_s = (time.monotonic_ns() - run.plan.began_ns) / 1e9
    facts.note(urls=stack.urls, documents=documents, ready_s=ready_s, vectors=stack.vectors, parts_done=[])
    kept = f"; vectors are kept in {stack.vectors}" if stack.vectors else ""
    progress.end(f"{stack.endpoint} ready after {ready_s:.1f} s{kept}")
    asker = Asker(stack.client, stack.endpoint, wish.scenario, headers=wish.headers)
    session = Session(wish.scenario, stack, run, asker, progress, wish.seed)
    if wish.where.file:  # Nothing else is known of it.
        facts.note(manners=await manners.carry_out(session, wish.comps))
    return Driver(wish, session, facts)


@dataclass(slots=True)
class Driver:
    """A run under way: its parts are carried out one after the other, and what they find is on disk."""

    wish: Wish
    session: Session
    facts: Facts

    async def carry_out(self, part: str) -> None:
        """Do one part of the run."""
        session = self.session
        if part == "correctness":
            verdicts = await contracts.carry_out(session, self.wish.comps)
            self.facts.note(contracts=[verdict.as_json() for verdict in verdicts])
            if session.stack.ours:
                await correctness.carry_out(session)
            else:
                unseen = await hops.witnessed(session, self.wish.comps, correctness.carry_out)
                self.facts.note(unseen=unseen)
        elif part == "chaos" and session.stack.ours:
            await chaos.carry_out(session, self.wish.faults)
        elif part == "load":
            self.facts.note(load=await load.carry_out(session))
        elif part == DEFECTS:
            self.facts.note(defects=await self._defects())
        self.facts.note(parts_done=[*self.facts.known["parts_done"], part])

    async def _defects(self) -> list[dict[str, Any]]:
        """What is there of the known defects in the engine that the gateway runs on."""
        where, log = self.wish.where, self.session.run.path / "logs" / "defects.log"
        engine: Engine = "opea" if where.gateway == "opea" else "reference"
        return await defects.carry_out(engine, where.opea, log, self.session.progress)

    async def read_traces(self) -> None:
        """Read back over HTTP what the stack emitted."""
        self.facts.note(**await traces.carry_out(self.session))
