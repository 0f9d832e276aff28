"""`opea-harness lint`: files read, findings told."""

import json
import re
from pathlib import Path

import pytest

from harness.commands.lint import NOTHING
from harness.lint.linter import all_rules
from tests.commands.command import run, sentence

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "lint"
SEED = [str(DATA / "seed" / name) for name in ("megaservice.py", "compose.yaml")]
CLEAN = [str(DATA / "clean" / name) for name in ("megaservice.py", "compose.yaml")]


def test_a_clean_pair_is_green(tmp_path):
    """Nothing found is exit code 0 and one line."""
    done = run("lint", *CLEAN, cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "2 files read, nothing found\n", "")


def test_a_finding_is_told_with_what_hurts_and_what_mends(tmp_path):
    """Where, what, why and how; a rule's reason is told once."""
    done = run("lint", *SEED, cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout.endswith("2 files read, 14 found\n")
    assert (
        f"{SEED[0]}:30 endpoint-not-served\n"
        "  node guardrail_in calls POST /v1/detect_bias, which guardrails-bias-detection-server "
        "(opea/guardrails-bias-detection) does not serve\n"
        "  why: The node answers 404, "
    ) in done.stdout
    assert "  mend: Call POST /v1/bias (guardrails.bias_detection), the promised route" in done.stdout
    assert "pgvector-db, retriever, jaeger (also 23, 33, 43, 58, 74, 91)" in done.stdout
    assert done.stdout.count("why: The node answers 404") == 1


def test_quiet_is_one_line_a_finding(tmp_path):
    """As compilers and grep tell it; nothing at all where nothing is found."""
    done, clean = run("lint", "--quiet", *SEED, cwd=tmp_path), run("lint", "--quiet", *CLEAN, cwd=tmp_path)

    assert len(done.stdout.splitlines()) == 14
    assert f"{SEED[1]}:9: ipc-host: `ipc: host` for multimodal-clip-embedding, " in done.stdout
    assert (done.returncode, clean.returncode, clean.stdout) == (1, 0, "")


def test_json_is_one_document(tmp_path):
    """Every finding with its reason, and the counts by rule."""
    done = run("lint", *SEED, "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    first = said["findings"][0]

    assert (done.returncode, done.stderr) == (1, "")
    assert first.keys() == {"id", "file", "line", "what", "why", "mend", "also"}
    assert (first["id"], first["line"]) == ("fixed-container-name", 6)
    assert first["also"][0] == {"file": SEED[1], "line": 23}
    assert said["counts"]["endpoint-not-served"] == 3
    assert sum(said["counts"].values()) == len(said["findings"]) == 14
    assert said["nothing_to_lint"] is None


def test_a_rule_can_be_ignored(tmp_path):
    """A name that is none is said, with those that there are."""
    done = run("lint", SEED[1], "--json", "--ignore", "ipc-host", "--ignore", "variable-unset", cwd=tmp_path)
    wrong = run("lint", SEED[1], "--ignore", "nope", cwd=tmp_path)

    assert not {"ipc-host", "variable-unset"} & json.loads(done.stdout)["counts"].keys()
    assert wrong.returncode == 2
    assert "--ignore nope: there is no such rule; there are black-list-everything, " in sentence(wrong)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("nope.py", None, "nope.py: is no file; lint takes megaservices (.py) and compose files"),
        ("a.py", "def f(:\n", "a.py:1: is no Python: "),
        ("a.yaml", "a: b\n  c: d\n", "a.yaml:2: is no YAML: "),
        ("a.yaml", "- a\n", "a.yaml: holds no mapping; a compose file has `services:`"),
        ("a.txt", "", "a.txt: is of a kind that lint does not know"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path, name, text, words):
    """With its line, and exit code 2."""
    if text is not None:
        (tmp_path / name).write_text(text)

    done = run("lint", name, cwd=tmp_path)

    assert done.returncode == 2
    assert words in sentence(done)


def test_no_file_is_a_usage_error(tmp_path):
    """There is nothing to lint."""
    assert run("lint", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "from comps import MicroService, ServiceOrchestrator\n"),
        ("a.env", "A=1\n"),
        ("a.yaml", "services: {}\n"),
    ],
)
def test_what_has_nothing_to_lint_is_never_green(tmp_path, name, text):
    """Python that builds nothing of OPEA's, variables alone, a compose file without services: one sentence, or JSON that says so."""
    (tmp_path / name).write_text(text)
    told, quiet, asked = (
        run("lint", name, *words, cwd=tmp_path) for words in ((), ("--quiet",), ("--json",))
    )
    said = json.loads(asked.stdout)

    assert (told.returncode, told.stdout, sentence(told)) == (5, "", f"opea-harness: {name}: {NOTHING}")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (5, "", told.stderr)
    assert (asked.returncode, said) == (5, {"findings": [], "counts": {}, "nothing_to_lint": NOTHING})


def test_the_users_file_is_not_run(tmp_path):
    """Not even imported: what it does first is not done."""
    (tmp_path / "m.py").write_text("import nowhere\nopen('ran', 'w')\nnowhere.MicroService()\n")

    assert run("lint", "m.py", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "ran").exists()


def test_brackets_in_a_file_are_no_markup(tmp_path):
    """A health check is shown as it is written."""
    (tmp_path / "c.yaml").write_text(
        "services:\n  a:\n    healthcheck: {test: 'true || echo [bold]x[/bold]'}\n"
    )

    assert "`true || echo [bold]x[/bold]`" in run("lint", "c.yaml", cwd=tmp_path).stdout


def test_every_rule_is_on_its_page():
    """docs/lint.md lists each once, and no other."""
    page = (ROOT / "docs" / "lint.md").read_text()

    assert sorted(re.findall(r"^\| `([a-z\-]+)` \|", page, re.MULTILINE)) == [rule.id for rule in all_rules()]
