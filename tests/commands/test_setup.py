"""`opea-harness setup opea`; what it builds is tested in `tests/gateway/test_building.py`."""

import json

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
