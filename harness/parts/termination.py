"""A gateway that is asked to end while many wait for their answers: who is being answered, and how does it end?"""

import asyncio
import time
from collections.abc import Mapping

from harness.checks.cells import TERMINATE
from harness.errors import StackError
from harness.fault import Fault
from harness.history import Mode
from harness.parts.outages import ask, recovered
from harness.processes.child import Child
from harness.run import Cell
from harness.scenario import Scenario
from harness.session import Session
from harness.stack.stack import Stack

GATEWAY = "gateway"
AT_ONCE = 8
LOAD_S = 0.5
GRACE_S = 15.0
PACE_S = 0.02


def terminations(scenario: Scenario, faults: Mapping[str, Fault], stack: Stack) -> list[Cell]:
    """Those of a gateway that is a process of ours, beside nodes in containers."""
    if not stack.containers or stack.renew is None or not isinstance(stack.children.get(GATEWAY), Child):
        return []
    mode: Mode = "stream" if "stream" in scenario.modes else "json"  # Of which more is under way at any time.
    return [
        Cell(fault.name, GATEWAY, mode, fault.expected.outcome, action=TERMINATE)
        for fault in faults.values()
        if fault.action == TERMINATE
    ]


async def carry_out_termination(session: Session, cell: Cell) -> None:
    """Ask all the time, send SIGTERM, see how it ends, start another; the cell is on disk when this returns."""
    over = asyncio.Event()
    asking = [asyncio.create_task(_ask_on(session, cell, over)) for _ in range(AT_ONCE)]
    cell.began_ns = time.monotonic_ns()
    try:
        await asyncio.sleep(LOAD_S)
        await _ended(session.stack.children[GATEWAY], cell)
        over.set()
        await asyncio.wait(asking)
    except asyncio.CancelledError:
        cell.problem = "the run was interrupted"
        raise
    finally:
        for each in asking:
            each.cancel()
        await asyncio.wait(asking)
        await asyncio.shield(_renewed(session, cell))
        session.run.add_cell(cell)
    if cell.lifted:
        await recovered(session, cell)
    session.progress.step(cell.id)


async def _ended(gateway: object, cell: Cell) -> None:
    assert isinstance(gateway, Child)
    cell.struck_ns, cell.fired = time.monotonic_ns(), 1
    code = await gateway.terminate(GRACE_S)
    cell.witness = f"runs on {GRACE_S:g} s" if code is None else f"ended with code {code}"


async def _renewed(session: Session, cell: Cell) -> None:
    """Another gateway at the same address."""
    assert session.stack.renew is not None
    try:
        await session.stack.renew()
        cell.lifted = True
    except StackError as error:
        cell.problem = cell.problem or str(error)
    cell.ended_ns = time.monotonic_ns()


async def _ask_on(session: Session, cell: Cell, over: asyncio.Event) -> None:
    while not over.is_set():
        await ask(session, cell)
        await asyncio.sleep(PACE_S)
