"""The scenario of a run that was carried out before."""

from types import SimpleNamespace

import pytest

from harness.errors import UsageError
from harness.recall import scenario_of


def run_of(name):
    return SimpleNamespace(path="runs/x", plan=SimpleNamespace(scenario=name, file="", graph=[]))


def test_a_run_knows_its_scenario_by_name():
    """The bundled one of that name."""
    assert scenario_of(run_of("rag"), ()).name == "rag"


def test_a_scenario_that_is_not_here_is_said():
    """With the option that helps."""
    with pytest.raises(
        UsageError, match="runs/x: is a run of mine, which is no scenario here; --path names the folder"
    ):
        scenario_of(run_of("mine"), ())
