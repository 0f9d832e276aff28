"""The report of a run, put together."""

import pytest

from harness.assembly import Found, report_of
from harness.checks.evidence import Evidence
from harness.history import Op
from harness.megaservice import Megaservice, Node
from harness.report import GraphNode, Machine
from harness.run import Cell, Plan, Run
from harness.scenario import Question, Scenario
from harness.traces.figures import Figures
from harness.verdict import holds, not_applicable, violated

S = 1_000_000_000
SCENARIO = Scenario(
    "demo",
    "",
    Megaservice("demo", "/", (Node("llm", "llms", "/"),)),
    (Question("q", "When?", answer=("nine",)),),
)
CELL = Cell(
    "status-500",
    "llm",
    "json",
    "error",
    [502],
    ["upstream_5xx"],
    fired=1,
    lifted=True,
    began_ns=3 * S,
    ended_ns=4 * S,
)
UNFIT = Cell("stream-cut-3", "llm", "json", "error", unfit="llm does not stream here")
OP = Op(
    "1",
    "chaos",
    "q",
    "json",
    cell=CELL.id,
    scheduled_ns=3 * S,
    sent_ns=3 * S,
    ended_ns=3 * S + S // 2,
    status=500,
    error="status",
)


@pytest.fixture
def run(tmp_path):
    plan = Plan(
        id="r",
        scenario="demo",
        says="a demonstration",
        gateway="reference",
        seed=3,
        parts=["chaos"],
        rate_per_s=1,
        duration_s=1,
        started="2026-11-22T00:00:00+00:00",
        began_ns=S,
        git="abc",
        command="opea-harness run demo",
        machine=Machine(cores=2),
        graph=[GraphNode(name="llm", comp="llms", path="/")],
    )
    made = Run.create(tmp_path, plan)
    made.add_cell(CELL)
    made.add_cell(UNFIT)
    made.close()
    return made


def assembled(run, **facts):
    verdicts = (
        violated(f"chaos.{CELL.id}", "llm", "an error that names no node", actual="500 status"),
        not_applicable(f"chaos.{UNFIT.id}", "llm", UNFIT.unfit),
    )
    evidence = Evidence.of(SCENARIO, [OP], [])
    return report_of(
        run, verdicts, Found({"ended": "complete", "ended_ns": 6 * S, **facts}, evidence, Figures(), None)
    )


def test_a_fault_cell_says_what_was_expected_and_what_was_seen(run):
    """Times count from the run's beginning, in seconds; the client's wait is in milliseconds."""
    cell = assembled(run).faults[0]

    assert (cell.verdict, cell.why) == ("violated", "an error that names no node")
    assert cell.expected == "an error that names llm, 502, upstream_5xx"
    assert cell.actual == "500 status"
    assert (cell.began_s, cell.ended_s, cell.client_ms) == (2.0, 3.0, 500.0)


def test_a_cell_that_makes_no_sense_has_seen_nothing(run):
    """Its reason stands in its place."""
    cell = assembled(run).faults[1]

    assert (cell.verdict, cell.why, cell.actual, cell.client_ms) == (
        "n/a",
        "llm does not stream here",
        "",
        None,
    )


def test_every_request_that_ended_is_a_point(run):
    """Response counts from the intended start."""
    (point,) = assembled(run).points

    assert (point.at_s, point.response_ms, point.part, point.ok) == (2.0, 500.0, "chaos", False)


def test_the_frame_is_the_plans(run):
    """Which run, how long, how it ended, what repeats it."""
    report = assembled(run)

    assert (report.run.id, report.run.seed, report.run.duration_s, report.run.ended) == (
        "r",
        3,
        5.0,
        "complete",
    )
    assert (report.verdict, report.command) == ("violated", "opea-harness run demo")


def test_what_is_not_known_of_quality_is_none(run):
    """No question was asked."""
    assert set(assembled(run).quality.values()) == {None}


def test_traces_that_are_known_to_lack_something_are_a_warning(run):
    """Both ways of being incomplete are said."""
    warnings = assembled(run, traces_truncated=2, traces_settled=False).warnings

    assert warnings == [
        "2 microseconds hold more traces than a page; some are missing",
        "not all expected traces had come when the waiting ended",
    ]


def test_a_run_whose_checks_hold_holds(run):
    """The word is that of all verdicts."""
    verdicts = (holds(f"chaos.{CELL.id}", "llm"), not_applicable(f"chaos.{UNFIT.id}", "llm", UNFIT.unfit))
    found = Found({"ended": "complete"}, Evidence.of(SCENARIO, [OP], []), Figures(), None)

    assert report_of(run, verdicts, found).verdict == "holds"
