"""The wheel, away from the checkout: what it carries, what it finds, and what stands in its way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.discovery import COMP, discover

ROOT = Path(__file__).parents[1]
PACKAGES = ("harness", "mocks", "scenarios", "reports")
WHERE = f"import {', '.join(PACKAGES)}; print(*(p.__file__ for p in ({', '.join(PACKAGES)})), sep='\\n')"

COMP_FILE = """
from dataclasses import replace
from mocks.embeddings import COMPS as BUNDLED
COMPS = (replace(BUNDLED[0], id="acme.embeddings"),)
"""
SCENARIO_FILE = """
from dataclasses import replace
from scenarios.rag import RAG
SCENARIOS = (replace(RAG, name="acme-rag"),)
"""
FAULT_FILE = """
from harness.fault import Effect, Expected, Fault
FAULTS = (Fault("acme-slow", "late", Effect(delay_ms=1), Expected("slower", slower_ms=1)),)
"""
FILES = {"comps": COMP_FILE, "scenarios": SCENARIO_FILE, "faults": FAULT_FILE}


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The folder into which the wheel of this checkout is installed, without what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, timeout=100, capture_output=True)
    (wheel,) = folder.glob("opea_harness-*.whl")
    put = [*pip, "install", "--no-deps", "--no-compile", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(put, check=True, timeout=100, capture_output=True)
    return folder / "site"


@pytest.fixture
def ran(installed, tmp_path):
    """Return what runs Python in a folder of nobody's, where the installed wheel comes before the checkout."""

    def run(*words, path=(), limit_s=60):
        places = os.pathsep.join(map(str, (*path, installed)))
        return subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )

    return run


@pytest.fixture
def command(ran, installed):
    """Return what runs the installed command."""
    return lambda *words, **how: ran(str(installed / "bin" / "opea-harness"), *words, **how)


def test_the_wheel_carries_the_four_packages_and_nothing_else(ran, installed):
    """They are imported from where they were installed."""
    done = ran("-P", "-c", WHERE)
    tops = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}

    assert done.stdout.split() == [str(installed / name / "__init__.py") for name in PACKAGES], done.stderr
    assert tops == {*PACKAGES, "bin"}


def test_every_comp_is_found_without_the_checkout(command):
    """As many as here, by the installed command."""
    done = command("comps", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert [comp["id"] for comp in json.loads(done.stdout)["comps"]] == list(discover(COMP))


def test_a_run_leaves_its_report_without_the_checkout(command, tmp_path):
    """Processes, templates and all that a page is drawn with are in the wheel."""
    done = command("run", "rag", "--only", "load", "--rate", "5", "--duration", "1", "--quiet", limit_s=100)

    assert done.returncode in (0, 6), done.stderr  # A busy machine makes the instrument unknown.
    assert (tmp_path / "runs" / "latest" / "report.html").stat().st_size > 10_000
    assert len((tmp_path / "runs" / "latest" / "history.jsonl").read_bytes().splitlines()) >= 1


def test_foreign_packages_of_our_names_in_the_current_folder_are_nobodys_business(command, tmp_path):
    """The command and every process that it starts pass over them."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('I am somebody else')")
    done = command("ask", "rag", "When does the first tram leave the depot on weekdays?", "--json")

    assert done.returncode == 0, done.stderr
    assert "twelve minutes to five" in json.loads(done.stdout)["answer"]["text"]


@pytest.mark.parametrize("name", ["mocks", "scenarios", "reports"])
def test_a_foreign_package_that_comes_first_is_named(command, tmp_path, name):
    """Which, where, and what to do about it: one sentence, before anything is started."""
    (tmp_path / "theirs" / name).mkdir(parents=True)
    (tmp_path / "theirs" / name / "__init__.py").write_text("")
    done = command("comps", path=(tmp_path / "theirs",))

    assert (done.returncode, done.stdout) == (4, "")
    assert (
        f"opea-harness: {name}: is {tmp_path / 'theirs' / name}, not the package of opea-harness"
        in done.stderr
    )
    assert "another of that name comes first on Python's path" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def acme(tmp_path):
    """A package of somebody's with a comp, a scenario and a fault, installed beside ours."""
    site = tmp_path / "acme-site"
    (site / "acme").mkdir(parents=True)
    (site / "acme" / "__init__.py").write_text("")
    for kind, text in FILES.items():
        (site / "acme" / f"{kind}.py").write_text(text)
    info = site / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    points = "".join(f"[opea_harness.{kind}]\nacme = acme.{kind}\n" for kind in FILES)
    (info / "entry_points.txt").write_text(points)
    return site


def test_what_other_packages_offer_is_found(command, acme):
    """Through their entry points: comp, scenario and fault."""
    done = command("comps", "acme.embeddings", "--json", path=(acme,))

    assert json.loads(done.stdout)["comps"][0]["id"] == "acme.embeddings"

    words = ("run", "acme-rag", "--only", "chaos", "--faults", "acme-slow", "--node", "nope=mock")
    refused = command(*words, path=(acme,))

    # Scenario and fault were passed before.
    assert "--node nope: acme-rag has no such node" in refused.stderr


def test_an_entry_point_that_cannot_be_loaded_is_named(command, acme):
    """With its distribution's own words for it, and what went wrong."""
    (acme / "acme" / "comps.py").write_text("import nope")
    broken = command("comps", path=(acme,))
    (acme / "acme" / "comps.py").write_text("")
    empty = command("comps", path=(acme,))

    assert broken.returncode == empty.returncode == 2
    assert (
        "the entry point acme = acme.comps of opea_harness.comps cannot be loaded: ModuleNotFoundError"
        in broken.stderr
    )
    assert (
        f"{acme / 'acme' / 'comps.py'}: defines no COMPS; a file there defines a tuple of Comp"
        in empty.stderr
    )


def test_what_lies_in_a_folder_is_found(command, tmp_path):
    """With `--path`: a folder for each kind, or one for all."""
    for kind, text in FILES.items():
        (tmp_path / "mine" / kind).mkdir(parents=True)
        (tmp_path / "mine" / kind / "acme.py").write_text(text)
    done = command("comps", "acme.embeddings", "--path", "mine")
    words = ("run", "acme-rag", "--path", "mine", "--faults", "acme-slow", "--node", "nope=mock")

    assert done.returncode == 0, done.stderr
    assert "--node nope: acme-rag has no such node" in command(*words).stderr


@pytest.mark.parametrize("kind", FILES)
def test_an_id_that_two_files_claim_names_both(command, acme, tmp_path, kind):
    """An entry point's and a folder's, so that neither wins in silence."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "twice.py").write_text(FILES[kind])
    words = {
        "comps": ("comps",),
        "scenarios": ("run", "acme-rag"),
        "faults": ("run", "rag", "--faults", "acme-slow"),
    }[kind]
    done = command(*words, "--path", "mine", path=(acme,))

    assert (done.returncode, done.stdout) == (2, "")
    assert f"defined twice, in {acme / 'acme' / kind}.py and in " in done.stderr
    assert "mine/twice.py; ids must differ" in done.stderr
