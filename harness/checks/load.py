"""What came of the load, from the ops in the history and what the engine knew of itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.history import Op
from harness.load.certificate import Certificate
from harness.load.engine import Drive
from harness.load.figures import load_figures
from harness.load.judging import judge
from harness.report import LoadFigures
from harness.scenario import Scenario
from harness.verdict import Verdict, unknown


def read_load(facts: Mapping[str, Any], ops: Sequence[Op], scenario: Scenario) -> LoadFigures | None:
    """The load's figures; None where no load was carried out to its end."""
    if "load" not in facts:
        return None
    driven = Drive(**facts["load"]["drive"])
    return load_figures(ops, driven, scenario.objectives, Certificate(**facts["load"]["certificate"]))


def judge_load(figures: LoadFigures | None, scenario: Scenario) -> list[Verdict]:
    """The verdicts on a load that was planned; without figures it is unknown."""
    if figures is None:
        return [unknown("load.arrivals", "gateway", "no load was sent to its end")]
    return list(judge(figures, scenario.objectives))
