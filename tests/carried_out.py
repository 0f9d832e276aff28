"""Real runs for tests: a scenario's parts carried out on a stack of their own, and judged from what they left."""

import asyncio
from dataclasses import replace
from pathlib import Path

from harness.asking import Asker
from harness.discovery import COMP, FAULT, SCENARIO, discover
from harness.drive import Wish, carry_out, planned
from harness.judge import Judged, judge
from harness.progress import Progress, Silent
from harness.run import Run
from harness.session import Session
from harness.stack.stack import Stack, Where

SCENARIOS = Path(__file__).parent / "data" / "scenarios"


def wished(scenario: str, parts: tuple[str, ...], folders: tuple[Path, ...] = (), faults=(), **how) -> Wish:
    """A wish for this scenario, found in the tests' own folder or in those that are given."""
    folders = (SCENARIOS, *folders)
    catalogue = discover(FAULT, folders)
    return Wish(
        scenario=discover(SCENARIO, folders)[scenario],
        where=replace(how.pop("where", Where()), folders=folders),
        parts=parts,
        faults={name: catalogue[name] for name in faults},
        comps=discover(COMP, folders),
        **how,
    )


def carried_out(wish: Wish, runs_dir: Path, progress: Progress | None = None) -> tuple[Run, Judged]:
    """The run, gone through to its end, and what came of it."""
    run = Run.create(runs_dir, planned(wish))
    asyncio.run(carry_out(wish, run, progress or Silent()))
    return run, judge(run, wish.where.folders)


def words(judged: Judged) -> dict[str, str]:
    """Each check's verdict."""
    return {each.id: each.verdict for each in judged.verdicts}


def session_on(stack: Stack, wish: Wish, runs_dir: Path, progress: Progress | None = None) -> Session:
    """A session on a stack that stands already, with a run's folder of its own."""
    run = Run.create(runs_dir, planned(wish))
    asker = Asker(stack.client, stack.endpoint, wish.scenario)
    return Session(wish.scenario, stack, run, asker, progress or Silent(), wish.seed)
