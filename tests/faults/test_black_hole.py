"""A black hole answers nothing."""

from harness.faults.black_hole import FAULTS


def test_it_swallows():
    """The request is taken and a time-out is what a caller should make of it."""
    (fault,) = FAULTS

    assert (fault.effect.swallow, fault.expected.statuses) == (True, (504,))
