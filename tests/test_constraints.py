"""constraints.txt: one exact version for each package that the project brings, and nothing else."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
NAMES = {line.split("==")[0] for line in LINES}
BUILD = {"hatchling", "editables", "tomlkit", "trove-classifiers", "packaging", "pathspec", "pluggy"}


def test_each_line_is_one_exact_version():
    """No range, no address, no marker, in order and once."""
    assert [line for line in LINES if not re.fullmatch(r"[a-z0-9\-]+==[0-9][\w.]*", line)] == []
    assert sorted(set(LINES)) == sorted(LINES)


@pytest.fixture
def brought():
    """Return the names of all that `pip install '.[dev]'` brings on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [
        line for name, lines in project["optional-dependencies"].items() if name != "dev" for line in lines
    ]
    names: dict[str, set[str]] = {}
    try:
        _close([*project["dependencies"], *extras], {""}, names)
    except PackageNotFoundError as error:
        pytest.skip(f"the dev extra is not installed: {error}")
    return names.keys()


def test_everything_that_is_brought_is_there(brought):
    """No package that the dev extra brings is left to float."""
    assert brought - NAMES == set()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the list is made on Python 3.11")
def test_nothing_that_is_not_brought_is_there(brought):
    """A package that nothing needs any more is taken out."""
    assert NAMES - brought - BUILD == set()


def _close(needs, extras, names):
    """Add the names of all that these requirements bring here, theirs included."""
    for text in needs:
        needed = Requirement(text)
        if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        key = canonicalize_name(needed.name)
        if key in names and needed.extras <= names[key]:
            continue
        names[key] = names.get(key, set()) | needed.extras
        _close(distribution(needed.name).requires or [], {"", *names[key]}, names)
