"""A span of time as people say it."""

import pytest

from harness.doctor.spans import span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0 s"), (0.4, "0 s"), (59, "59 s"), (539.9, "9 min"), (7200, "2 h"), (200000, "2 d")],
)
def test_the_largest_unit_that_fits_is_said(seconds, said):
    """Whole units; a clock that runs behind makes no negative time."""
    assert span(seconds) == said
