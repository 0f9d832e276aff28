"""Where the Jaeger that was built is, and whether it is."""

import pytest

from harness.errors import StackError
from harness.jaeger.binary import binary, built


def test_a_jaeger_that_is_not_built_is_told(tmp_path):
    """With the command that builds it."""
    with pytest.raises(StackError) as told:
        built(tmp_path)

    assert str(told.value) == (
        f"--jaeger process: there is no Jaeger 1.76.0 at {tmp_path / 'jaeger-1.76.0'}; "
        "`opea-harness setup jaeger` builds it once"
    )


def test_half_a_jaeger_is_none(tmp_path):
    """The mark is written last."""
    found = binary(tmp_path)
    found.path.mkdir()
    found.program.write_text("")

    assert not found.is_built
    found.mark.write_text("{}")
    assert built(tmp_path) == found
