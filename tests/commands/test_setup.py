"""`opea-harness setup opea` over the real command."""

import subprocess
import sys
from pathlib import Path

import orjson

from harness.gateway.building import Built
from harness.gateway.environment import environment

COMMAND = str(Path(sys.executable).with_name("opea-harness"))


def run(*arguments):
    return subprocess.run(
        [COMMAND, "setup", "opea", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def faked(cache):
    """An environment that says that it is built."""
    env = environment(cache)
    env.python.parent.mkdir(parents=True)
    env.python.touch()
    known = Built(opea_comps="1.5", python=str(env.python), packages={"opea-comps": "1.5"}, took_s=1.0)
    env.mark.write_text(known.model_dump_json())
    return env


def test_what_is_there_is_said_to_be_there(tmp_path):
    """And how others find it."""
    env = faked(tmp_path)
    done = run("--cache", str(tmp_path))

    assert done.returncode == 0
    assert f"opea-comps 1.5 with 1 packages is there already: {env.path}" in done.stdout
    assert f"OPEA_HARNESS_CACHE={tmp_path}" in done.stdout


def test_as_json_it_is_one_document(tmp_path):
    """Everything else goes to standard error."""
    env = faked(tmp_path)

    document = orjson.loads(run("--cache", str(tmp_path), "--json").stdout)

    assert (document["path"], document["was_there"]) == (str(env.path), True)


def test_a_cache_that_cannot_be_written_is_a_usage_error(tmp_path):
    """One sentence and exit code 2."""
    (tmp_path / "file").write_text("")
    done = run("--cache", str(tmp_path / "file" / "x"), "--quiet")

    assert done.returncode == 2
    assert "--cache" in done.stderr
    assert "Traceback" not in done.stderr
