"""A gateway that is asked to end first does what it has begun."""

from harness.faults.gateway_terminated import FAULTS


def test_who_is_being_answered_is_answered():
    """As if nothing had happened."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.outcome) == ("terminate", "same")
