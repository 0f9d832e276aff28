"""A reset comes where the fault's name says."""

from harness.faults.reset_mid_body import FAULTS, reset


def test_the_name_carries_the_bytes():
    """Name and effect agree on how much of the body gets through."""
    assert (reset(64).name, reset(64).effect.reset_after_bytes) == ("reset-mid-body-64b", 64)


def test_a_reset_can_come_before_the_head():
    """reset-at-once lets nothing through."""
    at_once = FAULTS[-1]

    assert (at_once.name, at_once.effect.reset_after_bytes) == ("reset-at-once", -1)
    assert at_once.expected.kinds == ("reset", "truncated")
