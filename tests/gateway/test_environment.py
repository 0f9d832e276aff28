"""Where the environment with opea-comps is."""

import sys

import pytest

from harness.errors import StackError
from harness.gateway.environment import built, environment
from tests.gateway.files import pretended


def test_each_python_has_its_own(tmp_path):
    """One that was built for another version is none."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert environment(tmp_path).path == tmp_path / f"opea-comps-1.5-py{version}"
    assert environment(tmp_path).packages.name == "site-packages"


def test_one_that_is_not_built_is_told_with_how_to_build_it(tmp_path):
    """An environment that is missing proves nothing, so the exit code is 4."""
    with pytest.raises(StackError) as told:
        built(tmp_path)

    assert str(told.value) == (
        f"--gateway opea: there is no environment with opea-comps 1.5 at {environment(tmp_path).path}; "
        "`opea-harness setup opea` builds it once"
    )


def test_one_whose_python_is_gone_is_not_built(tmp_path):
    """The interpreter that it was made of may have been taken away."""
    made = pretended(tmp_path)

    assert built(tmp_path) == made
    made.python.unlink()
    assert not made.is_built
