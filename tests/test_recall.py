"""The scenario of a run that was carried out before."""

from types import SimpleNamespace

import pytest

from harness.errors import UsageError
from harness.recall import scenario_of
from tests.carried_out import SCENARIOS


def run_of(name, *folders):
    """A run of that scenario, which was looked for in these folders too."""
    plan = SimpleNamespace(scenario=name, file="", graph=[], folders=[str(each) for each in folders])
    return SimpleNamespace(path="runs/x", plan=plan)


def test_a_run_knows_its_scenario_by_name():
    """The bundled one of that name."""
    assert scenario_of(run_of("rag"), ()).name == "rag"


def test_a_scenario_that_is_not_here_is_said():
    """With the option that helps."""
    with pytest.raises(
        UsageError, match="runs/x: is a run of mine, which is no scenario here; --path names the folder"
    ):
        scenario_of(run_of("mine"), ())


def test_a_scenario_is_looked_for_where_it_was_found_when_it_ran():
    """So that `check` needs no --path again."""
    assert scenario_of(run_of("small", SCENARIOS), ()).name == "small"


def test_a_folder_that_is_gone_is_passed_over(tmp_path):
    """What is told is what helps."""
    with pytest.raises(UsageError, match="--path names the folder"):
        scenario_of(run_of("small", tmp_path / "gone"), ())
