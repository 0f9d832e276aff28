"""Packages whose names others use too."""

import sys

import pytest

from harness import neighbours
from harness.errors import StackError
from harness.neighbours import check_neighbours


def test_our_own_packages_are_no_strangers():
    """Here, they are where they belong."""
    check_neighbours()


@pytest.mark.parametrize("name", ["strange_mocks.py", "strange_mocks/__init__.py", "strange_mocks/deep.py"])
def test_a_stranger_is_named_with_its_place(tmp_path, monkeypatch, name):
    """A module, a package, and a folder without __init__ alike; what to do about it is said."""
    (tmp_path / "here" / name).parent.mkdir(parents=True)
    (tmp_path / "here" / name).write_text("")
    (tmp_path / "home" / "strange_mocks").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "here"), *sys.path])
    monkeypatch.setattr(neighbours, "HOME", tmp_path / "home")

    with pytest.raises(StackError) as caught:
        check_neighbours(("strange_mocks",))

    assert str(caught.value).startswith(f"strange_mocks: is {tmp_path / 'here' / 'strange_mocks'}")
    assert f"not the package of opea-harness in {tmp_path / 'home'}" in str(caught.value)
    assert "take it off PYTHONPATH" in str(caught.value)
    assert "strange_mocks" not in sys.modules


def test_a_package_that_is_gone_is_said():
    """Half an installation is one, too."""
    with pytest.raises(StackError, match="no_such_package: is not there, not the package of opea-harness in"):
        check_neighbours(("no_such_package",))
