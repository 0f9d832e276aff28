"""The pytest plugin, in a folder that knows nothing of this repository."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parent / "data" / "scenarios"
SMALL = (f"--opea-path={SCENARIOS}", "--opea-scenario", "small-swift", "--opea-faults", "noop,status-500")
LIGHT = (
    "harness.stack",
    "harness.comp",
    "mocks",
    "click",
    "rich",
    "numpy",
    "pydantic",
    "httptools",
    "locust",
)

TESTS = """
import pytest

@pytest.mark.chaos
def test_chaos(opea_verdict):
    assert opea_verdict.verdict == "holds", opea_verdict.told

@pytest.mark.correctness
def test_correctness(opea_verdict):
    assert opea_verdict.verdict == "holds", opea_verdict.told

@pytest.mark.load
def test_load(opea_verdict):
    assert opea_verdict.verdict == "holds", opea_verdict.told
"""
UNMARKED = "def test_unmarked(opea_verdict): ..."
CONFTEST = """
def pytest_addoption(parser):
    for name in ("--seed", "--target", "--scenario", "--node", "--path", "--rate"):
        parser.addoption(name)
"""
SEEDS = """
def test_seed(request):
    assert (request.config.option.seed, request.config.option.opea_seed) == ("5", 6)
"""
MEETING = """
import pathlib
import time

import pytest

@pytest.fixture
def opea_verdict(): ...

def meets(mine, other):
    pathlib.Path(mine).touch()
    until = time.monotonic() + {limit_s}
    while not pathlib.Path(other).exists():
        if time.monotonic() > until:
            pathlib.Path(mine).unlink()
            return False
        time.sleep(0.01)
    return True

@pytest.mark.{mark}
def test_measured(opea_verdict):
    assert meets("measured", "beside")

def test_beside():
    assert meets("beside", "measured")
"""
WRONG_LABEL = """
from dataclasses import replace
import sys
sys.path.insert(0, {folder!r})
from small import SMALL

first, *others = SMALL.questions
mistaken = replace(first, answer=("the moon",))
SCENARIOS = (replace(SMALL, name="mistaken", latency={{}}, questions=(mistaken, *others)),)
"""


@pytest.fixture
def ran(tmp_path):
    """Return what runs pytest over the tests that a user would write, with no plugin but ours, since theirs take seconds."""

    def run(*options, tests=TESTS, plugins=("harness.pytest_plugin",), limit_s=100):
        (tmp_path / "test_mine.py").write_text(tests)
        command = [sys.executable, "-m", "pytest", "-q", "--rootdir=.", "-p", "no:cacheprovider"]
        environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1" if plugins else ""}
        return subprocess.run(
            [*command, "--strict-markers", *(f"-p{name}" for name in plugins), *options],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )

    return run


def test_every_cell_is_a_test_of_its_own(ran):
    """Fault, node and mode stand in its id; what makes no sense anywhere is not collected."""
    done = ran("--collect-only", "-m", "chaos", *SMALL)

    cells = [
        f"chaos.{fault}.{node}.{mode}"
        for node in ("guardrail_in", "llm")
        for mode in ("json", "stream")
        for fault in ("noop", "status-500")
    ]
    found = re.findall(r"test_chaos\[(.+)\]", done.stdout)

    assert sorted(found) == sorted([*cells, "chaos.recovery"])


def test_every_check_of_correctness_and_load_is_a_test_of_its_own(ran):
    """The ids are those of the checks, and they are the same every time."""
    options = ("--collect-only", "-m", "correctness or load", *SMALL)
    found = re.findall(r"\[(.+)\]", ran(*options).stdout)

    assert {"correctness.isolation", "correctness.answers.stream", "load.goodput", "traces.coverage"} <= set(
        found
    )
    assert "llms.text_generation.side.health" in found
    assert len(found) == len(set(found))
    assert found == re.findall(r"\[(.+)\]", ran(*options).stdout)


def test_a_run_leaves_its_folder_and_says_where(ran, tmp_path):
    """Cells hold, their evidence is kept as by the command, and what could not be known is an error."""
    done = ran(
        *("-m", "chaos or load", *SMALL, "--opea-runs-dir", "kept"),
        *("--opea-jaeger", "none", "--opea-rate", "5", "--opea-duration", "1"),
    )

    (plan,) = tmp_path.glob("kept/*-small-swift-*/plan.json")
    verdicts = {
        each["id"]: each["verdict"] for each in json.loads((plan.parent / "verdicts.json").read_bytes())
    }

    assert json.loads(plan.read_bytes())["parts"] == ["chaos", "load"]
    assert verdicts["chaos.status-500.llm.stream"] == verdicts["run.ended"] == "holds"
    assert f"{plan.parent.name}/report.html" in done.stdout
    assert "ERROR test_mine.py::test_load[traces.coverage] - harness.errors.StackError" in done.stdout
    assert "traces.coverage: unknown: no trace store was given; the evidence is in" in done.stdout
    assert "test_chaos" not in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


def test_a_violated_check_fails_with_what_was_expected_and_what_came(ran, tmp_path):
    """Only its own test fails, and the reason stands there."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mistaken.py").write_text(WRONG_LABEL.format(folder=str(SCENARIOS)))

    done = ran("--opea-path=mine", "--opea-scenario", "mistaken", "-k", "answers.json or recall or mrr")

    assert "1 failed" in done.stdout
    assert "line-one-ends: 'Where does Line 1 run from and to?' was answered 'Line 1 runs" in done.stdout
    assert "expected: at least 100% of 1 questions answered rightly" in done.stdout
    assert "actual: 0% (1 wrong)" in done.stdout


def test_workers_of_xdist_have_a_stack_each(ran):
    """The cells are spread, and all hold."""
    done = ran("-k", "noop.llm", *SMALL, "-n", "2", plugins=("harness.pytest_plugin", "xdist"))

    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("mark", "limit_s", "met"), [("load", 1, False), ("alone", 1, False), ("chaos", 30, True)]
)
def test_a_load_is_measured_while_the_other_workers_wait(ran, mark, limit_s, met):
    """Whatever else is a test runs beside others."""
    done = ran(
        "-n",
        "2",
        tests=MEETING.format(mark=mark, limit_s=limit_s),
        plugins=("harness.pytest_plugin", "xdist"),
    )

    assert "2 passed" in done.stdout if met else "2 failed" in done.stdout, done.stdout


def test_faults_stay_away_from_what_the_harness_did_not_start(ran):
    """It is an error, before anything is started, until the user says whose it is."""
    done = ran("-m", "chaos", "-k", "noop", *SMALL, "--opea-node", "llm=http://127.0.0.1:1")

    assert "4 errors" in done.stdout
    assert (
        "http://127.0.0.1:1: chaos would be put on an address that the harness did not start; "
        "add --opea-yes-this-is-mine if it is yours, or -m correctness" in done.stdout
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--opea-scenario", "nope"), "nope: there is no such scenario; there are multimodal, rag"),
        (("--opea-faults", "nope"), "nope: there is no such fault; the nearest of "),
        (("--opea-gateway", "nope"), "--gateway nope: is none of `reference`, `opea`, a URL"),
        (("--opea-path", "nope"), "nope: is no folder; --path takes one"),
    ],
    ids=["scenario", "fault", "gateway", "path"],
)
def test_a_name_that_is_none_is_one_sentence(ran, options, sentence):
    """Collection fails, without a traceback."""
    done = ran(*options)

    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert sentence in done.stdout
    assert "Traceback" not in done.stdout


def test_a_test_without_a_part_is_told_so(ran):
    """The sentence names the markers that are parts."""
    done = ran(tests=UNMARKED)

    assert "asks for opea_verdict and is marked with none of correctness, chaos, load" in done.stdout


def test_options_of_others_are_left_alone(ran, tmp_path):
    """The plugin is there as it was installed, and a project whose own options have our short names runs as before."""
    (tmp_path / "conftest.py").write_text(CONFTEST)

    done = ran("--seed", "5", "--opea-seed", "6", "-pno:locust", tests=SEEDS, plugins=())

    assert "1 passed" in done.stdout, done.stdout


def test_the_plugin_is_light():
    """It is loaded in every pytest of whoever installed the harness, and brings nothing of it along."""
    text = "import sys, harness.pytest_plugin; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=30, check=True
    )
    brought = set(done.stdout.split())

    assert [name for name in LIGHT if name in brought] == []
