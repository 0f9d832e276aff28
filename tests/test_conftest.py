"""The hooks of the conftest at the top: what a run that proved less than it should says of itself."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
NEEDY = "import pytest\n@pytest.mark.needs('{need}')\ndef test_a(): ...\ndef test_b(): ...\n"


@pytest.fixture
def run(tmp_path):
    """Return what runs pytest over one test file beside our conftest, without Docker on the path."""
    shutil.copy(CONFTEST, tmp_path)

    def ran(text, required="", *options):
        (tmp_path / "test_x.py").write_text(text)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
        # The plugins of others add seconds and nothing to the claims.
        environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment |= {"OPEA_HARNESS_REQUIRE": required, "PATH": str(tmp_path)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return ran


def test_what_is_skipped_is_listed_above_the_closing_line(run):
    """A skip is listed as not proven, with its reason and how often, and pytest's closing line stays last."""
    done = run(NEEDY.format(need="docker"))

    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert any("= not proven =" in line for line in lines[:-2])
    assert lines[-2] == "1 skipped: docker is not here"
    assert "1 passed, 1 skipped" in lines[-1]


def test_several_workers_list_what_is_skipped_as_well(run):
    """The list is the same where xdist spreads the tests."""
    done = run(NEEDY.format(need="docker"), "", "-p", "xdist", "-n2")

    assert "1 skipped: docker is not here" in done.stdout


def test_a_required_need_that_is_absent_fails_its_test(run):
    """What the run requires may not be skipped, and the failure says who requires it."""
    done = run(NEEDY.format(need="docker"), "chromium, docker")

    assert done.returncode == 1
    assert (
        "docker is not here\nOPEA_HARNESS_REQUIRE names docker, so this is a failure and no skip"
        in done.stdout
    )
    assert "1 passed, 1 error" in done.stdout.splitlines()[-1]


def test_a_skip_inside_a_test_counts_when_its_reason_names_what_is_required(run):
    """A fixture or a test that skips by itself is held to the same."""
    text = "import pytest\ndef test_a():\n    pytest.skip('no Jaeger: nothing answers')\ndef test_b(): ...\n"

    assert run(text, "docker").returncode == 0
    assert run(text, "jaeger").returncode == 1


@pytest.mark.parametrize(
    ("text", "required"),
    [(NEEDY.format(need="abacus"), ""), (NEEDY.format(need="docker"), "abacus")],
    ids=["in-a-marker", "in-the-variable"],
)
def test_a_need_that_nobody_knows_is_refused(run, text, required):
    """A slip in a marker or in the variable is no need that is never there."""
    done = run(text, required)

    assert done.returncode != 0
    assert (
        "abacus: no need that conftest.py knows; needs are chromium, docker, git" in done.stdout + done.stderr
    )


@pytest.mark.parametrize(
    "text", ["", "import pytest\ndef test_a():\n    pytest.skip('why')\n"], ids=["none", "all-skipped"]
)
def test_a_run_that_proved_nothing_fails(run, text):
    """No test at all, or none that was not skipped, ends with pytest's code for no tests."""
    assert run(text).returncode == pytest.ExitCode.NO_TESTS_COLLECTED


HEARD = """
import signal, subprocess, sys
def test_a():
    told = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    assert subprocess.check_output([sys.executable, "-c", told], text=True) == "False\\n"
"""


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_tests_start_hears_ctrl_c_wherever_they_are_run_from(run, is_heard):
    """A shell's background ignores it, and so would they without our conftest."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = run(HEARD, "", *(() if is_heard else ("--noconftest",)))
    finally:
        signal.signal(signal.SIGINT, before)

    assert (done.returncode == 0) is is_heard, done.stdout
