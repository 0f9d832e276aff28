"""`opea-harness setup`; what it builds is tested in `tests/gateway/test_building.py` and `tests/jaeger/test_building.py`."""

import json

from harness.jaeger.binary import binary
from tests.commands.command import run, sentence
from tests.gateway.files import pretended


def test_what_is_there_already_is_told_and_left_alone(tmp_path):
    """For a person, with the variable by which other commands find it."""
    made = pretended(tmp_path / "cache")
    done = run("setup", "opea", "--cache", str(tmp_path / "cache"), cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"opea-comps 1.5 with 1 packages is there already: {made.path}",
        f"OPEA_HARNESS_CACHE={tmp_path / 'cache'} lets --gateway opea find it",
    ]


def test_a_program_gets_one_document(tmp_path, monkeypatch):
    """The cache that the environment names will do."""
    made = pretended(tmp_path / "cache")
    monkeypatch.setenv("OPEA_HARNESS_CACHE", str(tmp_path / "cache"))
    done = run("setup", "opea", "--json", cwd=tmp_path)
    document = json.loads(done.stdout)

    assert (document["path"], document["was_there"], document["opea_comps"]) == (str(made.path), True, "1.5")
    assert done.stderr == ""


def test_a_cache_that_cannot_be_is_told(tmp_path):
    """In one sentence."""
    (tmp_path / "file").write_text("")
    done = run("setup", "opea", "--cache", str(tmp_path / "file" / "below"), cwd=tmp_path)

    assert done.returncode == 2
    assert sentence(done).endswith("--cache names a folder that can be")


def test_a_jaeger_that_is_there_already_is_told(tmp_path):
    """For a person and for a program, who gets the path of what can be run."""
    made = binary(tmp_path)
    made.path.mkdir()
    made.program.write_text("")
    made.mark.write_text(
        '{"jaeger": "1.76.0", "go": "go1.26", "sha256": "", "program_bytes": 0, "took_s": 1.0}'
    )
    told = run("setup", "jaeger", "--cache", str(tmp_path), cwd=tmp_path)
    document = json.loads(run("setup", "jaeger", "--cache", str(tmp_path), "--json", cwd=tmp_path).stdout)

    assert told.stdout.splitlines() == [
        f"Jaeger 1.76.0 is there already: {made.program}",
        f"OPEA_HARNESS_CACHE={tmp_path} lets --jaeger process find it",
    ]
    assert (document["path"], document["was_there"], document["go"]) == (str(made.program), True, "go1.26")


def test_a_machine_without_go_is_told(tmp_path, monkeypatch):
    """One sentence, and the code of an environment that lacks something."""
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("setup", "jaeger", "--cache", str(tmp_path / "cache"), "--quiet", cwd=tmp_path)

    assert done.returncode == 4
    assert sentence(done).startswith(
        "opea-harness: setup jaeger: there is no `go` on the PATH; Go 1.24.6 or later"
    )
