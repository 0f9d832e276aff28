"""What came of the load, from what is on disk."""

from dataclasses import asdict

from harness.checks.load import judge_load, read_load
from harness.history import Op
from harness.load.certificate import Certificate
from harness.load.engine import Drive
from harness.megaservice import Megaservice, Node
from harness.scenario import Objectives, Question, Scenario

SCENARIO = Scenario(
    "demo",
    "",
    Megaservice("demo", "/", (Node("llm", "llms", "/"),)),
    (Question("q", "When?"),),
    objectives=Objectives(response_ms=100.0),
)
S = 1_000_000_000


def facts(count):
    driven = Drive(count, 10.0, count / 10, 0, "hash", 0, count * S // 10, 0.1, 0.5, False)
    return {"load": {"drive": asdict(driven), "certificate": asdict(Certificate(300, 0, 240.0, 5.0))}}


def ops(count, took_ms):
    made = []
    for number in range(count):
        at_ns = number * S // 10 + 1
        ended_ns = at_ns + took_ms * 1_000_000
        made.append(
            Op(
                f"{number}",
                "load",
                "q",
                "json",
                scheduled_ns=at_ns,
                sent_ns=at_ns,
                first_byte_ns=ended_ns,
                ended_ns=ended_ns,
                status=200,
                text="Nine.",
                ended=True,
            )
        )
    return made


def words(count, took_ms):
    figures = read_load(facts(count), ops(count, took_ms), SCENARIO)
    return {each.id: each.verdict for each in judge_load(figures, SCENARIO)}


def test_a_load_that_meets_its_objectives_holds():
    """All sent, an instrument to be trusted, all good."""
    assert words(400, 20) == {"load.arrivals": "holds", "load.instrument": "holds", "load.goodput": "holds"}


def test_a_slow_answer_is_no_goodput():
    """Above the objective nothing is good."""
    assert words(400, 200)["load.goodput"] == "violated"


def test_a_load_that_never_came_to_its_end_is_unknown():
    """There are no figures to judge."""
    assert read_load({}, [], SCENARIO) is None
    assert [(each.verdict, each.why) for each in judge_load(None, SCENARIO)] == [
        ("unknown", "no load was sent to its end")
    ]
