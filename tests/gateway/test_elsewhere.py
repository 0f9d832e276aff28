"""A module of ours in another interpreter, which sees our packages and nothing else of ours."""

import subprocess
import sys

import pytest

from harness.gateway.launch import ELSEWHERE


def elsewhere(module):
    """Run a module in an interpreter without any packages of its own."""
    argv = [sys.executable, "-S", "-P", ELSEWHERE, module]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("module", ["harness.errors", "harness.megaservice", "mocks.__init__"])
def test_our_packages_are_there(module):
    """Wherever they are installed."""
    done = elsewhere(module)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("module", ["click", "tests.conftest"])
def test_nothing_else_of_our_environment_is(module):
    """What opea-comps pins is what it gets."""
    done = elsewhere(module)

    assert done.returncode != 0
    assert "No module named" in done.stderr or "Error while finding" in done.stderr


# Of what our servers and clients stand on; opea-comps pins neither.
LACKING = """
import sys
sys.modules.update(dict.fromkeys(("httptools", "uvloop", "hypothesis", "psutil")))
from harness.discovery import SCENARIO, discover
{more}
print(len(discover(SCENARIO)))
"""


def loaded(more=""):
    argv = [sys.executable, "-c", LACKING.format(more=more)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


def test_every_scenario_loads_with_what_opea_comps_has():
    """Its gateway reads them all, wherever the one that it is asked for stands."""
    done = loaded()

    assert (done.stderr, int(done.stdout) > 1) == ("", True)


def test_what_stands_on_more_would_not():
    """As a module does that a comp is served with."""
    done = loaded("import mocks.embeddings")

    assert "import of httptools halted" in done.stderr
