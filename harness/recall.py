"""Finds the scenario of a run that was carried out before."""

from pathlib import Path

from harness.discovery import COMP, SCENARIO, discover
from harness.errors import UsageError
from harness.generic import scenario_again
from harness.run import Run
from harness.scenario import Scenario


def scenario_of(run: Run, folders: tuple[Path, ...]) -> Scenario:
    """The scenario that the run was of, found in these folders, or else where it was found then.

    Raises UsageError where there is none of its name.
    """
    folders = folders or tuple(Path(each) for each in run.plan.folders if Path(each).is_dir())
    scenarios = discover(SCENARIO, folders)
    if run.plan.file:
        comps = {node.name: node.comp for node in run.plan.graph}
        return scenario_again(run.plan.file, scenarios, discover(COMP, folders), comps)
    if run.plan.scenario not in scenarios:
        raise UsageError(
            f"{run.path}: is a run of {run.plan.scenario}, which is no scenario here; --path names the folder that holds it"
        )
    return scenarios[run.plan.scenario]
