"""Put each fault on each node it fits, ask under it, take it back, and see that all is well again.

One cell at a time, in an order drawn from the seed. Every fault is taken back whatever happens, also when the run is interrupted.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

from harness.checks.cells import AFTER, RECOVERY_OPS
from harness.errors import FaultError, UsageError
from harness.fault import Fault
from harness.history import Mode
from harness.megaservice import Node, order
from harness.nearest import names_there_are
from harness.parts.outages import carry_out_outage, outages, target_of
from harness.parts.termination import carry_out_termination, terminations
from harness.run import Cell
from harness.scenario import Scenario
from harness.session import Session, calm_question

BASELINE_OPS = 4
UNASKED = "no question leads to this node, so nobody would notice"


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault, where it is put, and the cell that records it."""

    fault: Fault
    node: Node
    cell: Cell


def planned(scenario: Scenario, faults: Mapping[str, Fault]) -> list[Planned]:
    """Every fault of a wire on every node in every mode; cells that make no sense say why in `unfit`."""
    service = scenario.megaservice
    return [
        Planned(fault, service.node(name), _cell(fault, service.node(name), mode, scenario.unasked))
        for name in order(service)
        for mode in scenario.modes
        for fault in faults.values()
        if not fault.action
    ]


def _cell(fault: Fault, node: Node, mode: Mode, unasked: tuple[str, ...]) -> Cell:
    expected = fault.expected
    return Cell(
        fault.name,
        node.name,
        mode,
        expected.outcome,
        list(expected.statuses),
        list(expected.kinds),
        expected.slower_ms,
        fault.control,
        unfit=UNASKED if node.name in unasked else fault.unfit(target_of(node, mode)) or "",
    )


async def carry_out(session: Session, faults: Mapping[str, Fault]) -> None:
    """All cells, with a shared baseline before and the recovery after; cells and answers are on disk when this returns."""
    plan = planned(session.scenario, faults)
    fit = [each for each in plan if not each.cell.unfit]
    session.random("chaos").shuffle(fit)
    out = outages(session.scenario, faults, session.stack)
    last = terminations(session.scenario, faults, session.stack)
    session.progress.begin("chaos", len(fit) + len(out) + len(last))
    for each in plan:
        if each.cell.unfit:
            session.run.add_cell(each.cell)
    await baseline(session)
    for each in fit:
        await carry_out_cell(session, each)
    for outage in out:
        await carry_out_outage(session, outage)
    for cell in last:
        await carry_out_termination(session, cell)
    await recovery(session)
    session.progress.end()


async def baseline(session: Session) -> None:
    """Ask without a fault, for what is asked under one to be compared with."""
    await _calm(session, "baseline", BASELINE_OPS)


async def recovery(session: Session) -> None:
    """Ask when all faults are gone."""
    await _calm(session, "recovery", RECOVERY_OPS)


async def _calm(session: Session, cell: str, count: int) -> None:
    question = calm_question(session.scenario)
    for mode in islice(cycle(session.scenario.modes), count):
        await session.ask(question, mode, part="calm", cell=cell)


async def carry_out_cell(session: Session, planned_: Planned) -> None:
    """Put one fault on, ask, take it off, ask again; the cell and all that crossed its hop are on disk when this returns."""
    cell, node = planned_.cell, planned_.node.name
    question = calm_question(session.scenario)
    cell.began_ns = time.monotonic_ns()
    try:
        await session.stack.set_fault(node, cell.fault)
        await session.ask(question, cell.mode, part="chaos", cell=cell.id)
    except FaultError as error:
        cell.problem = str(error)
    finally:
        await asyncio.shield(_lift(session, cell))
    after = await session.ask(question, cell.mode, part="chaos", cell=cell.id + AFTER)
    if not after.status and session.stack.renew:
        await session.stack.renew()  # What one fault has frozen would hide what the next one does.
    session.run.add_cell(cell)
    session.progress.step(cell.id)


async def _lift(session: Session, cell: Cell) -> None:
    try:
        fired = await session.stack.lift(cell.node)
    except FaultError as error:
        cell.problem = cell.problem or str(error)
    else:
        cell.lifted, cell.fired = True, fired.get(cell.fault, 0)
    cell.ended_ns = time.monotonic_ns()


def chosen(faults: Mapping[str, Fault], names: Iterable[str]) -> dict[str, Fault]:
    """The faults of these names, in the order of the catalogue; raises UsageError for a name that is none."""
    wanted = set(names)
    strange = wanted - set(faults)
    if strange:
        wrong = min(strange)
        raise UsageError(f"{wrong}: there is no such fault; {names_there_are(wrong, faults)}")
    return {name: fault for name, fault in faults.items() if name in wanted}
