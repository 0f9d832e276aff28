"""A run that is carried out as its verdicts are asked for, by a caller without an event loop: a test session."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import uvloop

from harness.checks.cells import judge_cells, judge_recovery
from harness.checks.evidence import Evidence
from harness.drive import Driver, Wish, planned, under_way
from harness.errors import HarnessError
from harness.foreseen import RECOVERY, Named
from harness.history import Exchange, read_lines
from harness.judge import Judged, judge
from harness.parts import chaos
from harness.progress import Silent
from harness.run import Run
from harness.verdict import Verdict, unknown

Result = TypeVar("Result")


class Rehearsal:
    """One stack and one run's folder. It stands from its making to `close`; a part or a cell is carried out once, when first asked for.

    Raises what `harness.drive.under_way` raises where the stack cannot be had. Not for threads.
    """

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.run = Run.create(wish.runs_dir, planned(wish))
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._context = under_way(wish, self.run, Silent())
        self._interrupted = False
        self._parts: dict[str, Mapping[Named, Verdict] | HarnessError] = {}
        self._cells = {f"chaos.{each.cell.id}": each for each in chaos.planned(wish.scenario, wish.faults)}
        try:
            self._driver: Driver = self._do(self._context.__aenter__())
        except BaseException:
            self._runner.close()
            raise

    def verdict(self, part: str, named: Named) -> Verdict:
        """What came of one check; what the part has no verdict on is unknown."""
        if part == "chaos":
            return self._chaos(named)
        if part not in self._parts:
            self._parts[part] = self._carried_out(part)
        found = self._parts[part]
        if isinstance(found, HarnessError):
            raise found
        return found.get(named) or unknown(*named, f"the part {part} came to no such verdict")

    def close(self) -> Judged:
        """Take the stack down and judge what was left on disk."""
        ended: tuple[Any, Any, Any] = (None, None, None)
        if self._interrupted:
            ended = (asyncio.CancelledError, asyncio.CancelledError(), None)
        try:
            self._do(self._context.__aexit__(*ended))
        finally:
            self._runner.close()
        return judge(self.run, self.wish.where.folders)

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        try:
            return self._runner.run(work)
        except KeyboardInterrupt:
            self._interrupted = True
            raise

    def _carried_out(self, part: str) -> Mapping[Named, Verdict] | HarnessError:
        try:
            self._do(self._driver.carry_out(part))
            if part == "load":
                self._do(self._driver.read_traces())
            self._do(self._flushed())
            judged = judge(self.run, self.wish.where.folders)
        except HarnessError as error:
            return error
        return {(each.id, each.subject): each for each in judged.verdicts}

    async def _flushed(self) -> None:
        """Let the wires write what they still hold: they do when faults are taken off."""
        stack = self._driver.session.stack
        for name in list(stack.hops)[:1] if stack.ours else ():
            await stack.lift(name)

    def _chaos(self, named: Named) -> Verdict:
        session = self._driver.session
        if not session.stack.ours:
            return unknown(
                *named, "the gateway was not started by the harness, so no fault can be put on its hops"
            )
        if "baseline" not in self._parts:
            self._parts["baseline"] = {}
            self._do(chaos.baseline(session))
        if named == RECOVERY:
            self._do(chaos.recovery(session))
            return judge_recovery(self._evidence(""))
        cell = self._cells[named[0]]
        self._do(chaos.carry_out_cell(session, cell))
        verdict, _ = judge_cells(self._evidence(cell.cell.id), [cell.cell], self.run.plan.limits_s)
        return verdict

    def _evidence(self, cell: str) -> Evidence:
        """The requests so far, and what those of this cell led to on the hops."""
        ops = self.run.ops
        others = {op.trace_id for op in ops if op.cell != cell}
        crossed = read_lines(Exchange, self.run.path / "journal.jsonl")
        return Evidence.of(
            self.wish.scenario, ops, (each for each in crossed if each.trace_id not in others) if cell else ()
        )
