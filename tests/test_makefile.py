"""The set-up behind `make demo` and `make test`: which Python it takes, and what it says where there is none."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OLD = '#!/bin/sh\ncase "$2" in *version_info*) case "$2" in *exit*) exit 1;; esac;; esac\necho 3.9.2\n'
WITHOUT_VENV = '#!/bin/sh\n[ "$1" = -m ] && { echo "No module named venv"; exit 1; }\necho 3.11.2\n'
SHIM = "#!/bin/sh\necho 'python3.11: command not found' >&2\nexit 127\n"


@pytest.fixture
def make_venv(tmp_path):
    """Return what runs .ci/venv with only these programs named python on the path."""

    def made(**programs):
        bin_ = tmp_path / "bin"
        bin_.mkdir()
        for name in ("rm", "sed", "sh"):
            (bin_ / name).symlink_to(f"/bin/{name}")
        for name, text in programs.items():
            (bin_ / name.replace("_", ".")).write_text(text)
            (bin_ / name.replace("_", ".")).chmod(0o755)
        command = ["/bin/sh", str(ROOT / ".ci/venv"), str(tmp_path / "venv")]
        return subprocess.run(
            command, env={"PATH": str(bin_)}, capture_output=True, text=True, timeout=30, check=False
        )

    return made


def test_no_python_at_all_is_said(make_venv):
    """One sentence says what is needed and how to get it."""
    done = make_venv()

    assert done.returncode == 1
    assert done.stderr == (
        "opea-harness: Python 3.11 or newer is needed; none was found on PATH; install one"
        " (on Debian: apt-get install python3 python3-venv) or set PYTHON=/path/to/python3.11\n"
    )


def test_a_python_that_is_too_old_is_named_with_its_version(make_venv):
    """Every Python that was seen is told; a shim that answers nothing is none."""
    done = make_venv(python3=OLD, python3_11=SHIM)

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed; python3 is 3.9.2; install one" in done.stderr


def test_a_python_without_its_venv_module_is_named(make_venv, tmp_path):
    """Debian's Python without python3-venv is said to be that, with its own words, and leaves no half folder."""
    done = make_venv(python3=WITHOUT_VENV)

    assert done.returncode == 1
    assert "python3 3.11.2 cannot make a virtual environment" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert "    No module named venv" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


@pytest.mark.needs("make")
def test_make_alone_lists_what_it_can_do():
    """`make` without a target explains the four that people type, and each is there."""
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)

    assert re.findall(r"^make (\w+)", done.stdout, re.MULTILINE) == ["demo", "test", "lint", "clean"]


def test_the_scripts_are_shell_that_parses():
    """A slip in a script that only a bare machine runs is found here."""
    for script in sorted((ROOT / ".ci").iterdir()):
        shell = script.read_text().splitlines()[0].rsplit("/", 1)[-1].rsplit(" ", 1)[-1]
        done = subprocess.run(
            [shell, "-n", str(script)], capture_output=True, text=True, timeout=30, check=False
        )

        assert (script.name, done.stderr) == (script.name, "")
