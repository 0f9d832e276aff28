"""A run is planned, carried out part by part, and leaves what it found, however it ends."""

import asyncio
import json
from dataclasses import replace

import psutil
import pytest

from harness.drive import carry_out, planned, under_way
from harness.errors import StackError
from harness.judge import judge
from harness.progress import Silent
from harness.run import Run
from harness.stack.stack import Where
from tests.carried_out import wished


class Watching(Silent):
    """Progress that calls back when something of a part is done."""

    def __init__(self, at_step=lambda words: None):
        self.parts, self.at_step = [], at_step

    def begin(self, part, total=0):
        """A part begins."""
        self.parts.append(part)

    def step(self, words="", *, failed=False):
        """A step is done."""
        self.at_step(words)


def processes():
    """Every process of a stack that runs under this one, those of other tests' stacks among them."""
    return {
        each for each in psutil.Process().children(recursive=True) if "harness." in " ".join(each.cmdline())
    }


@pytest.fixture
def before():
    """The processes that ran already when the test began."""
    return processes()


def test_a_plan_says_all_that_a_run_is_to_do():
    """What was not asked for is the scenario's own."""
    wish = wished("small", ("chaos", "load"), seed=9, duration_s=3.0, command="opea-harness run small")
    plan = planned(wish)

    assert (plan.scenario, plan.parts, plan.seed) == ("small", ["chaos", "load"], 9)
    assert (plan.rate_per_s, plan.duration_s) == (wish.scenario.rate_per_s, 3.0)
    assert (plan.gateway, plan.wired, plan.traced) == ("reference", True, True)
    assert plan.limits_s["llm"] == wish.scenario.megaservice.node("llm").limits.total_s
    assert plan.id.split("-")[1] == "small"
    assert plan.command == "opea-harness run small"


@pytest.mark.parametrize(
    ("where", "wired", "traced"),
    [
        (Where(), True, True),
        (Where(jaeger="none"), True, False),
        (Where(gateway="http://127.0.0.1:1"), False, False),
        (Where(gateway="http://127.0.0.1:1", jaeger="http://127.0.0.1:2"), False, True),
    ],
    ids=["ours", "untraced", "theirs", "theirs-traced"],
)
def test_a_plan_knows_what_will_be_seen(where, wired, traced):
    """Somebody else's gateway goes through no wire of ours, and sends no spans to our store."""
    plan = planned(wished("small", (), where=where))

    assert (plan.wired, plan.traced) == (wired, traced)


def test_a_run_goes_through_its_parts_and_leaves_nothing_running(tmp_path, before):
    """Plan, history, cells, facts, traces and logs are there; what it started is gone."""
    wish = wished("small-swift", ("chaos", "load"), faults=("noop",), rate_per_s=8.0, duration_s=1.0)
    run, watching = Run.create(tmp_path, planned(wish)), Watching()
    asyncio.run(carry_out(wish, run, watching))
    facts = run.facts

    assert watching.parts == ["stack", "chaos", "load", "traces"]
    assert (facts["ended"], facts["parts_done"], facts["dead"]) == ("complete", ["chaos", "load"], "")
    assert facts["ready_s"] > 0
    assert set(facts["urls"]) == {"gateway", "guardrail_in", "llm", "traces"}
    assert [node.name for node in Run.open(run.path).plan.graph] == ["guardrail_in", "llm"]
    assert {op.part for op in run.ops} >= {"calm", "chaos", "load"}
    assert (run.path / "spans" / "traces.jsonl").stat().st_size > 0
    assert {path.stem for path in (run.path / "logs").iterdir()} >= {"mocks", "wires", "gateway", "traces"}
    assert processes() <= before


def test_a_cancelled_run_takes_its_faults_back_and_says_so(tmp_path, before):
    """What was measured until then is there; the cell under way is not called finished."""
    wish = wished("small-swift", ("chaos",), faults=("noop", "latency-300ms", "status-500"), seed=1)
    run = Run.create(tmp_path, planned(wish))

    async def cancelled():
        cells = []
        watching = Watching(lambda words: (cells.append(words), len(cells) == 3 and task.cancel()))
        task = asyncio.ensure_future(carry_out(wish, run, watching))
        await asyncio.wait({task}, timeout=60)
        return task.cancelled()

    assert asyncio.run(cancelled())
    assert run.facts["ended"] == "interrupted"
    assert run.facts["parts_done"] == []
    done = [cell for cell in run.cells if not cell.unfit]
    assert len(done) == 3
    assert all(cell.lifted for cell in done)
    assert processes() <= before


def not_to_be_had(runs_dir, word=""):
    """A run whose gateway refuses, and what was in its logs by then."""
    wish = wished("small", ("correctness", "chaos", "load"), where=Where(gateway="http://127.0.0.1:1"))
    run = Run.create(runs_dir, planned(wish))
    (run.path / "logs" / "gateway.log").write_text(word)
    with pytest.raises(StackError, match="cannot be asked"):
        asyncio.run(carry_out(wish, run, Silent()))
    return run


def test_a_run_whose_stack_cannot_be_had_never_began(tmp_path):
    """What was said meanwhile stays, with the reason; where that is judged nothing ran, and nothing holds."""
    run = not_to_be_had(tmp_path, "no model")
    judged = judge(run)
    (verdict,) = judged.verdicts

    assert (run.facts["ended"], judged.exit_code, judged.report.verdict) == ("unbegun", 5, "unknown")
    assert (verdict.id, verdict.verdict) == ("run.ended", "unknown")
    assert verdict.why == (
        "the run never began: --gateway http://127.0.0.1:1/v1/chatqna: cannot be asked (refused); "
        "a megaservice that runs answers there"
    )
    assert (run.path / "logs" / "gateway.log").read_text() == "no model"


def test_a_run_that_never_began_and_found_nothing_out_is_gone(tmp_path):
    """There is nothing to look at."""
    not_to_be_had(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_parts_may_be_carried_out_one_by_one(tmp_path):
    """By who holds the run under way; the facts grow with each."""
    wish = wished("small-swift", (), faults=("noop",))
    run = Run.create(tmp_path, planned(wish))

    async def one_by_one():
        async with under_way(wish, run, Silent()) as driver:
            await driver.carry_out("chaos")
            known = json.loads((run.path / "facts.json").read_bytes())
            await driver.read_traces()
        return known

    known = asyncio.run(one_by_one())

    assert known["parts_done"] == ["chaos"]
    assert "ended" not in known
    assert run.facts["traces_settled"] is True
    assert run.facts["ended"] == "complete"


def test_faults_are_not_put_on_somebody_elses_stack(standing, tmp_path):
    """The part is done, and has set nothing."""
    wish = wished("rag", ("chaos",), faults=("noop",), where=Where(gateway=standing.stack.gateway))
    run = Run.create(tmp_path, planned(wish))
    asyncio.run(carry_out(wish, run, Silent()))
    verdicts = {each.id: each for each in judge(run, wish.where.folders).verdicts}

    assert run.cells == run.ops == []
    assert verdicts["chaos.cells"].verdict == "unknown"
    assert "was not started by the harness, so its hops cannot be seen" in verdicts["chaos.cells"].why


def test_the_wish_decides_the_load(tmp_path):
    """The same arrivals for the same seed, though on another stack."""
    wish = wished(
        "small-swift", ("load",), rate_per_s=15.0, duration_s=1.0, seed=3, where=Where(jaeger="none")
    )

    def asked(folder):
        run = Run.create(tmp_path / folder, planned(wish))
        asyncio.run(carry_out(replace(wish), run, Silent()))
        sent = sorted((op for op in run.ops if op.part == "load"), key=lambda op: op.scheduled_ns)
        first = sent[0].scheduled_ns
        return [(op.question, op.mode, round((op.scheduled_ns - first) / 1e6)) for op in sent]

    assert asked("a") == asked("b")
