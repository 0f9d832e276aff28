"""Faults on containers: do one to a node's container, ask under it, make the container what it was, and see when all is well again.

One at a time. Whatever happens, also an interruption, the container is made what it was, and that is read back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

from harness.checks.cells import AFTER, RECOVERY_LIMIT_S
from harness.containers.condition import Condition, condition, restore
from harness.containers.container import Container
from harness.containers.harm import inflict, still
from harness.errors import FaultError, StackError
from harness.fault import Fault, Target
from harness.history import Mode, Op
from harness.megaservice import Node, order
from harness.run import Cell
from harness.scenario import Scenario
from harness.session import Session, calm_question
from harness.stack.stack import Stack

TRIES = 3  # A stream may end before its container is seen to be paused.
PACE_S = 0.05

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outage:
    """A fault and the container that it is done to; `cell` records it."""

    fault: Fault
    container: Container
    cell: Cell


def outages(scenario: Scenario, faults: Mapping[str, Fault], stack: Stack) -> list[Outage]:
    """Every fault of a container on every container that a question needs, each in one mode; none where nothing runs in one."""
    service = scenario.megaservice
    hops = {name: name for name in order(service)} | dict(stack.hurts)
    found = []
    for name, container in stack.containers.items():
        if name not in hops:
            continue
        for fault in faults.values():
            mode = _mode(fault, scenario)
            if fault.action and fault.action != "terminate" and not _unfit(fault, name, mode, scenario):
                found.append(Outage(fault, container, _cell(fault, name, hops[name], mode)))
    return found


def _mode(fault: Fault, scenario: Scenario) -> Mode:
    """A container goes in every mode alike, so one is enough: that with streams, where the fault waits for one."""
    wanted: Mode = "stream" if fault.amid_stream else "json"
    return wanted if wanted in scenario.modes else scenario.modes[0]


def _unfit(fault: Fault, name: str, mode: Mode, scenario: Scenario) -> str | None:
    service = scenario.megaservice
    if name not in order(service):
        return fault.unfit(Target(name, "", "", ""))
    return fault.unfit(target_of(service.node(name), mode))


def target_of(node: Node, mode: Mode) -> Target:
    """A node as a fault sees it that is to be put on it; it has a dialect where it streams in this mode."""
    dialect = node.dialect if node.streams and mode == "stream" else None
    return Target(node.name, node.comp, node.service_type, node.path, mode, dialect)


def _cell(fault: Fault, name: str, hop: str, mode: Mode) -> Cell:
    """What is expected of a container that is no node's is less: the node that needs it may do without, or fail in its own way."""
    expected, own = fault.expected, name == hop
    return Cell(
        fault.name,
        name,
        mode,
        expected.outcome if own else "either",
        list(expected.statuses) if own else [],
        list(expected.kinds) if own else [],
        action=fault.action or "",
        hop=hop,
    )


async def carry_out_outage(session: Session, outage: Outage) -> None:
    """One cell; it, and all that was asked, is on disk when this returns."""
    cell, container = outage.cell, outage.container
    before = await _in_thread(lambda: condition(container))
    cell.began_ns = time.monotonic_ns()
    try:
        await _moment(outage.fault)(session, outage, before)
    except (FaultError, StackError) as error:
        cell.problem = str(error)
    except asyncio.CancelledError:
        cell.problem = "the run was interrupted"
        raise
    finally:
        await asyncio.shield(_restored(session, outage, before))
        session.run.add_cell(cell)
    if cell.lifted:
        await recovered(session, cell)
    session.progress.step(cell.id)


Moment = Callable[[Session, Outage, Condition], Awaitable[None]]


def _moment(fault: Fault) -> Moment:
    if fault.action == "restart":
        return _meanwhile
    return _amid if fault.amid_stream else _before


async def _before(session: Session, outage: Outage, before: Condition) -> None:
    """Do it, and then ask."""
    await _inflicted(outage, before)
    await ask(session, outage.cell)
    await _still(outage, before)


async def _amid(session: Session, outage: Outage, before: Condition) -> None:
    """Ask, and do it once the answer has begun; again, where the answer was there before the engine said that it was done."""
    cell, question = outage.cell, calm_question(session.scenario)
    for _ in range(TRIES):
        op = session.op(question, cell.mode, part="chaos", cell=cell.id)
        asking = asyncio.create_task(session.put(op, question.text))
        try:
            await _begun(op, asking)
            await _inflicted(outage, before)
            if not asking.done():
                await asking
                await _still(outage, before)
                return
            await _in_thread(lambda: restore(outage.container, before))
        finally:
            asking.cancel()
            await asyncio.wait({asking})
    raise FaultError(f"{cell.node}: its stream had ended {TRIES} times before {cell.action} was done")


async def _begun(op: Op, asking: asyncio.Task[Op]) -> None:
    while True:
        done, _ = await asyncio.wait({asking}, timeout=PACE_S / 10)
        if done or op.content_ns:
            return


async def _meanwhile(session: Session, outage: Outage, before: Condition) -> None:
    """Ask for as long as it takes."""
    outage.cell.struck_ns = time.monotonic_ns()
    doing = asyncio.create_task(_inflicted(outage, before))
    try:
        while not doing.done():
            await ask(session, outage.cell)
            await asyncio.sleep(PACE_S)
    finally:
        await doing
    outage.cell.fired = 1


async def _inflicted(outage: Outage, before: Condition) -> None:
    cell, action = outage.cell, outage.fault.action
    assert action is not None
    cell.witness = await _in_thread(lambda: inflict(outage.container, action, before))
    cell.struck_ns = cell.struck_ns or time.monotonic_ns()


async def _still(outage: Outage, before: Condition) -> None:
    """It has fired where the engine says after the answer what it said before it."""
    action = outage.fault.action
    assert action is not None
    outage.cell.fired = int(await _in_thread(lambda: still(outage.container, action, before)))


async def _restored(session: Session, outage: Outage, before: Condition) -> None:
    """Make the container what it was, read that back, and let its wire go where it is now."""
    cell, container = outage.cell, outage.container
    try:
        await _in_thread(lambda: restore(container, before))
        await _followed(session.stack, cell.node, container, before)
        cell.lifted = True
    except (FaultError, StackError) as error:
        cell.problem = cell.problem or str(error)
    cell.ended_ns = time.monotonic_ns()


async def _followed(stack: Stack, node: str, container: Container, before: Condition) -> None:
    hop = stack.hops.get(node)
    inner = before.inner(urlsplit(hop.upstream).port or 0) if hop else 0
    if hop is None or not inner:
        return
    now = await _in_thread(lambda: container.url(inner))
    old = urlsplit(hop.upstream)
    upstream = urlunsplit(old._replace(netloc=urlsplit(now).netloc))
    if upstream != hop.upstream:
        await stack.move(node, upstream)


async def recovered(session: Session, cell: Cell) -> None:
    """Ask until it is answered, or the time for that is over; what is answered rightly is for the checks to say."""
    until = time.monotonic() + RECOVERY_LIMIT_S
    while True:
        after = await ask(session, cell, AFTER)
        if after.ok or time.monotonic() > until:
            return
        await asyncio.sleep(PACE_S)


async def ask(session: Session, cell: Cell, suffix: str = "") -> Op:
    """Ask the calm question as one of this cell, or of what follows it."""
    return await session.ask(calm_question(session.scenario), cell.mode, part="chaos", cell=cell.id + suffix)


async def _in_thread(work: Callable[[], Result]) -> Result:
    """What blocks, done in a thread. It is waited for also when we are interrupted, because a thread cannot be."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        raise
