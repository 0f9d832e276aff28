"""Which verdicts a part of a run will come to, known before it runs, so that each can be a test of its own.

They are what a run that did nothing leaves unknown, so that no list of check ids stands beside the checks.
"""

from collections.abc import Mapping

from harness.checks.correctness import judge_correctness
from harness.checks.evidence import Evidence
from harness.comp import Comp
from harness.drive import Wish
from harness.load.judging import judge as judge_load
from harness.megaservice import order
from harness.parts.chaos import planned
from harness.parts.contracts import checks_at
from harness.report import LoadFigures
from harness.scenario import Scenario
from harness.traces.figures import CHECK as TRACES
from harness.verdict import Verdict, unknown

# A verdict's id and its subject; two nodes of one comp share the ids of its contract.
Named = tuple[str, str]
RECOVERY: Named = ("chaos.recovery", "megaservice")


def foreseen(part: str, wish: Wish) -> list[Named]:
    """Id and subject of every verdict of correctness, chaos or load; what is n/a from the start is left out."""
    if part == "correctness":
        verdicts = _correctness(wish.scenario, wish.comps)
        return [(each.id, each.subject) for each in verdicts if each.verdict != "n/a"]
    if part == "chaos":
        cells = [each.cell for each in planned(wish.scenario, wish.faults)]
        return [*((f"chaos.{cell.id}", cell.node) for cell in cells if not cell.unfit), RECOVERY]
    load = judge_load(LoadFigures(arrivals=0, rate_asked=0.0), wish.scenario.objectives)
    return [*((each.id, each.subject) for each in load), (TRACES, "traces")]


def _correctness(scenario: Scenario, comps: Mapping[str, Comp]) -> list[Verdict]:
    nodes = [scenario.megaservice.node(name) for name in order(scenario.megaservice)]
    contracts = [
        unknown(check.id, node.name, "was not checked yet").as_json()
        for node in nodes
        if node.comp in comps
        for check in checks_at(node, scenario, comps[node.comp])
    ]
    return judge_correctness({"contracts": contracts}, Evidence.of(scenario, (), ()))
