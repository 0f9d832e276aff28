"""Whose interpreter runs which module."""

import sys

from harness.gateway.environment import Environment
from harness.gateway.launch import ELSEWHERE, launch


def test_ours_runs_in_our_own_environment():
    """As any module does."""
    how = launch("harness.gateway.reference", None)

    assert (how.python, how.argv) == (sys.executable, ("-m", "harness.gateway.reference"))


def test_opea_comps_runs_in_its_own(tmp_path):
    """Through the one file that lets our packages in, and with more time to import."""
    how = launch("harness.gateway.opea", Environment(tmp_path))

    assert how.python == str(tmp_path / "bin" / "python")
    assert how.argv == ("-P", ELSEWHERE, "harness.gateway.opea")
    assert how.ready_s > launch("x", None).ready_s
