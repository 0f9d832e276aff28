"""constraints.txt: one exact version for each package that the project brings, and nothing else."""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LINES = [
    line
    for line in (Path(__file__).parents[1] / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
]
NAMES = {line.split("==")[0] for line in LINES}
BUILD = {"hatchling", "editables", "tomlkit", "trove-classifiers", "packaging", "pathspec", "pluggy"}


def test_each_line_is_one_exact_version():
    """No range, no address, no marker, in order and once."""
    assert [line for line in LINES if not re.fullmatch(r"[a-z0-9\-]+==[0-9][\w.]*", line)] == []
    assert sorted(set(LINES)) == sorted(LINES)


@pytest.fixture
def brought():
    """Return the names of all that `pip install '.[dev]'` brings on this machine."""
    names = _closure("opea-harness", {"dev"})
    if "ruff" not in names:
        pytest.skip("the dev extra is not installed")
    return names


def test_everything_that_is_brought_is_there(brought):
    """No package that the dev extra brings is left to float."""
    assert brought - NAMES == set()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the list is made on Python 3.11")
def test_nothing_that_is_not_brought_is_there(brought):
    """A package that nothing needs any more is taken out."""
    assert NAMES - brought - BUILD == set()


def _closure(name, extras, seen=None):
    """Return the names of all that a distribution needs here, its own left out."""
    seen = {} if seen is None else seen
    for text in distribution(name).requires or []:
        needed = Requirement(text)
        if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            continue
        key = canonicalize_name(needed.name)
        if key in seen and needed.extras <= seen[key]:
            continue
        seen[key] = seen.get(key, set()) | needed.extras
        try:
            _closure(needed.name, needed.extras, seen)
        except PackageNotFoundError:
            seen.pop(key)
    return seen.keys() - {"opea-harness"}
