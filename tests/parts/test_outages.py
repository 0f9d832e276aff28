"""Faults on containers: done, seen, asked under, taken back, and seen to be gone; also when the run is interrupted."""

import asyncio
from dataclasses import replace

import pytest

from harness.client import Client
from harness.containers import condition, harm
from harness.discovery import FAULT, discover
from harness.errors import FaultError
from harness.history import Op
from harness.judge import judge
from harness.parts import chaos, outages
from harness.session import calm_question
from harness.stack.stack import Stack
from tests.carried_out import SCENARIOS, wished
from tests.parts.contained import stack_in_containers, until_it_answers

FAULTS = {name: fault for name, fault in discover(FAULT).items() if fault.action}
EVERYWHERE = FAULTS.keys() - {"container-stalled", "gateway-terminated"}


@pytest.mark.timeout(300)
@pytest.mark.needs("docker")
def test_each_fault_on_a_container_is_seen_weathered_and_gone(tmp_path):
    """The container is what it was, its wire finds it where it is, and what was seen stands in the verdict."""

    async def main():
        async with stack_in_containers(tmp_path, [*FAULTS]) as driver:
            containers = driver.session.stack.containers
            before = {name: condition.condition(each) for name, each in containers.items()}
            driver.session.stack.containers = {"llm": containers["llm"]}
            await driver.carry_out("chaos")
            driver.session.stack.containers = {"store": containers["store"]}
            driver.wish = replace(driver.wish, faults={"container-killed": FAULTS["container-killed"]})
            await driver.carry_out("chaos")
            after = {name: condition.condition(each) for name, each in containers.items()}
            return driver.session.run, [_lasting(each) for each in (before, after)]

    run, (before, after) = asyncio.run(main())
    told = {each.id: each for each in judge(run, (SCENARIOS,)).verdicts if each.id.startswith("chaos.")}

    assert {id_: each.why for id_, each in told.items() if each.verdict != "holds"} == {}
    assert sorted(told) == sorted(
        [
            "chaos.recovery",
            "chaos.container-stalled.llm.stream",
            "chaos.gateway-terminated.gateway.stream",
            "chaos.container-killed.store.json",
            *(f"chaos.{name}.llm.json" for name in EVERYWHERE),
        ]
    )
    assert told["chaos.container-starved.llm.json"].actual.startswith(
        "exited with code 137, out of memory, on 1 network: 502 reset at llm; right again after "
    )
    assert told["chaos.container-killed.store.json"].expected == "the same answer, or an error that names llm"
    assert told["chaos.gateway-terminated.gateway.stream"].actual.startswith("ended with code -15: 200, ")
    assert before == after


def _lasting(conditions):
    """What is not another one after each beginning."""
    return {name: (each.status, each.networks, each.memory_bytes) for name, each in conditions.items()}


@pytest.mark.needs("docker")
def test_a_run_that_is_interrupted_under_a_fault_takes_it_back(tmp_path):
    """Before the interruption goes on; the cell says how far it came."""

    async def main():
        async with stack_in_containers(tmp_path, ["container-paused"]) as driver:
            model = driver.session.stack.containers["llm"]
            running_ = asyncio.create_task(driver.carry_out("chaos"))
            for _ in range(2000):
                if (await asyncio.to_thread(condition.condition, model)).status == "paused":
                    break
                await asyncio.sleep(0.01)
            running_.cancel()
            await asyncio.wait({running_})
            return driver.session.run, condition.condition(model).status, running_.cancelled()

    run, status, was_cancelled = asyncio.run(main())
    cell = run.cells[-1]

    assert (status, was_cancelled) == ("running", True)
    assert (cell.id, cell.lifted, cell.problem) == (
        "container-paused.llm.json",
        True,
        "the run was interrupted",
    )


@pytest.mark.needs("docker")
@pytest.mark.parametrize(
    ("action", "is_pinned"),
    [("restart", True), ("disconnect", False)],
    ids=["restart-same-port", "disconnect-another-port"],
)
def test_once_a_container_answers_again_the_first_question_is_answered(tmp_path, action, is_pinned):
    """No address and no connection of before is held on to, neither by the gateway nor by the wire."""

    async def main():
        async with stack_in_containers(tmp_path, ["noop"], is_pinned=is_pinned) as driver:
            session, model = driver.session, driver.session.stack.containers["llm"]
            question = calm_question(session.scenario)
            before = await asyncio.to_thread(condition.condition, model)
            first = await session.ask(question, "json", part="calm", cell="before")
            await asyncio.to_thread(harm.inflict, model, action, before)
            await asyncio.to_thread(condition.restore, model, before)
            await outages._followed(session.stack, "llm", model, before)
            await asyncio.to_thread(until_it_answers, model)
            again = await session.ask(question, "json", part="calm", cell="after")
            return first.ok, again.ok, again.detail, again.problem

    assert asyncio.run(main()) == (True, True, "", None)


class Hurried:
    """A session whose every answer is there at once."""

    def __init__(self, scenario):
        self.scenario = scenario

    def op(self, question, mode, *, part, cell):
        return Op("op", part, question.id, mode, cell=cell)

    async def put(self, op, _text):
        return op


def test_a_stream_that_is_over_before_the_fault_is_there_proves_nothing(monkeypatch):
    """It is tried some times, taken back each time, and given up."""
    done = []
    monkeypatch.setattr(outages, "inflict", lambda *_: done.append("done") or "paused")
    monkeypatch.setattr(outages, "restore", lambda *_: done.append("taken back"))
    wish = wished("small", ("chaos",), faults=["container-stalled"])
    stack = Stack(wish.scenario, "", {}, Client(), containers={"llm": None})
    (outage,) = outages.outages(wish.scenario, wish.faults, stack)
    with pytest.raises(FaultError) as caught:
        asyncio.run(outages._amid(Hurried(wish.scenario), outage, None))

    assert str(caught.value) == "llm: its stream had ended 3 times before pause was done"
    assert done == ["done", "taken back"] * 3


def test_without_containers_nothing_is_planned():
    """A run of mocks is what it was."""
    wish = wished("small", ("chaos",), faults=FAULTS)
    stack = Stack(wish.scenario, "", {}, Client())

    assert outages.outages(wish.scenario, wish.faults, stack) == []
    assert chaos.planned(wish.scenario, wish.faults) == []


def test_a_container_that_no_question_needs_is_left_alone():
    """As that of a trace store; one that a node cannot do without is not."""
    wish = wished("small", ("chaos",), faults=["container-killed", "container-stalled"])
    stack = Stack(wish.scenario, "", {}, Client())
    stack.containers = dict.fromkeys(("llm", "guardrail_in", "jaeger", "store"))
    stack.hurts = {"store": "llm"}

    assert [
        (each.cell.id, each.cell.hop, each.cell.outcome)
        for each in outages.outages(wish.scenario, wish.faults, stack)
    ] == [
        ("container-killed.llm.json", "llm", "error"),
        ("container-stalled.llm.stream", "llm", "error"),
        ("container-killed.guardrail_in.json", "guardrail_in", "error"),
        ("container-killed.store.json", "llm", "either"),
    ]
