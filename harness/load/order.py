"""What somebody wants sent, as data that crosses from one process to another, and the load that it makes."""

from dataclasses import dataclass
from pathlib import Path

from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.history import Mode
from harness.load.arrivals import Arrivals
from harness.load.engine import Load
from harness.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent where; `folders` are searched for the scenario beside the bundled ones."""

    scenario: str
    url: str
    rate_per_s: float
    duration_s: float
    seed: int
    mode: Mode = "stream"
    folders: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def scenario_of(order: Order) -> Scenario:
    """The scenario that the order names; raises UsageError where there is none of that name."""
    scenarios = discover(SCENARIO, tuple(map(Path, order.folders)))
    if order.scenario not in scenarios:
        raise UsageError(f"{order.scenario}: there is no such scenario; there are {', '.join(scenarios)}")
    return scenarios[order.scenario]


def load_of(order: Order, scenario: Scenario) -> Load:
    """The load of an order: Poisson arrivals, and all questions that have an answer."""
    questions = tuple(each for each in scenario.questions if each.answerable and not each.blocked)
    if not questions:
        raise UsageError(f"{scenario.name}: there is no question that has an answer; a load needs one")
    return Load(Arrivals(order.rate_per_s, order.duration_s, seed=order.seed), questions, order.mode)
