"""`opea-harness check` and `opea-harness report`: a run is judged and drawn from disk alone."""

import json
import shutil
from pathlib import Path

import pytest

from tests.commands.command import SMALL, run

FOLDER = SMALL[1:]


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of the finished run, to be changed."""
    return shutil.copytree(finished.path, tmp_path / "copied")


def test_a_run_is_judged_as_it_judged_itself(finished, copied, tmp_path):
    """The same verdicts and the same report, though every file that was computed is gone."""
    before = {name: (copied / name).read_bytes() for name in ("verdicts.json", "report.json")}
    for name in (*before, "report.html", "report.md", "junit.xml"):
        (copied / name).unlink()
    done = run("check", "copied", *FOLDER, "--json", cwd=tmp_path)

    assert done.returncode == finished.done.returncode == 0
    assert {name: (copied / name).read_bytes() for name in before} == before
    assert json.loads(done.stdout) == json.loads(finished.done.stdout)
    assert (copied / "report.html").exists()


def test_a_run_is_found_by_its_id_and_as_latest(finished):
    """Under the folder where runs are kept; its scenario is found where it was found when it ran."""
    for name in ("latest", finished.path.name):
        done = run("check", name, "--quiet", cwd=finished.cwd)

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("holds: ")


def test_evidence_that_says_otherwise_changes_the_verdict(copied, refused):
    """Judging reads the disk and nothing else: an answer made wrong by hand is seen, and the exit code with it."""
    history = copied / "history.jsonl"
    text = history.read_text()
    history.write_text(text.replace("Harbour Gate", "Harbour Gat3"))
    code, out, _ = refused("check", "copied", *FOLDER, "--json")
    violated = {each["id"] for each in json.loads(out)["verdicts"] if each["verdict"] == "violated"}

    assert code == 1
    assert {"correctness.answers.json", "correctness.answers.stream"} <= violated


def test_a_history_that_was_cut_is_unknown_where_it_lacks(copied, refused):
    """What is missing is never green."""
    (copied / "history.jsonl").write_bytes((copied / "history.jsonl").read_bytes()[:500])
    (copied / "journal.jsonl").unlink()
    code, out, _ = refused("check", "copied", *FOLDER, "--json")
    verdicts = {each["id"]: each["verdict"] for each in json.loads(out)["verdicts"]}

    assert code == 6
    assert verdicts["correctness.isolation"] == verdicts["chaos.status-500.llm.json"] == "unknown"
    assert verdicts["chaos.recovery"] == verdicts["correctness.blocked"] == "unknown"


def test_a_report_is_drawn_again(copied, refused):
    """From report.json alone; the files are named."""
    (copied / "report.html").unlink()
    code, out, _ = refused("report", "copied", "--json")
    files = [name.rpartition("/")[2] for name in json.loads(out)["files"]]

    assert code == 0
    assert sorted(files) == ["junit.xml", "report.html", "report.md"]
    assert (copied / "report.html").stat().st_size > 10_000


def test_a_report_is_plotted_where_asked_for(copied, refused):
    """Besides what is always drawn, in a folder of their own."""
    code, out, _ = refused("report", "copied", "--plots", "--json")
    files = [Path(name) for name in json.loads(out)["files"]]

    assert code == 0
    assert {path.name for path in files if path.parent.name == "plots"} >= {"latency.png", "requests.csv"}
    assert all(path.stat().st_size > 0 for path in files)


@pytest.mark.parametrize("command", ["check", "report"])
def test_a_folder_that_is_no_run_is_said(refused, tmp_path, command):
    """What a run's folder is, and where runs were looked for."""
    (tmp_path / "empty").mkdir()

    assert refused(command, "empty") == (
        *(2, ""),
        "opea-harness: empty: holds no plan.json; a run's folder is what `opea-harness run` leaves under runs/",
    )
    assert refused(command, "nope") == (
        *(2, ""),
        "opea-harness: nope: there is no such run, neither as a path nor under runs; `latest` is the newest",
    )


def test_a_run_of_a_scenario_that_is_not_here_is_said(refused, copied):
    """Where it was found then is gone: with the option that would find it."""
    plan = json.loads((copied / "plan.json").read_bytes())
    (copied / "plan.json").write_text(json.dumps({**plan, "folders": [str(copied / "gone")]}))
    code, _, said = refused("check", "copied")

    assert code == 2
    assert "is a run of small, which is no scenario here; --path names the folder that holds it" in said


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("plan.json", "{", "plan.json: the document: Invalid JSON"),
        ("plan.json", "[]", "plan.json: the document: Input should be"),
        ("facts.json", "{", "facts.json: "),
        ("history.jsonl", "nope\n", "history.jsonl:1: "),
        ("journal.jsonl", "{}\n", "journal.jsonl:1: "),
        ("cells.jsonl", '{"nope": 1}\n', "cells.jsonl:1: "),
        ("spans/traces.jsonl", "nope\n", "traces.jsonl:1: is no span"),
    ],
    ids=["plan", "plan-list", "facts", "history", "journal", "cells", "spans"],
)
def test_a_damaged_file_is_named(refused, copied, name, text, expected):
    """Its place and what is wrong there; damaged traces leave figures unknown instead."""
    (copied / name).write_text(text)
    code, out, said = refused("check", "copied", *FOLDER, "--json")

    assert code in (2, 6)
    assert expected in (said if code == 2 else out)


def test_a_report_of_a_run_that_was_never_judged_is_said(refused, copied):
    """With what judges it."""
    (copied / "report.json").unlink()
    code, _, said = refused("report", "copied")

    assert code == 2
    assert "report.json" in said
    assert "opea-harness check" in said
