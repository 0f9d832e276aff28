"""A container that begins again is there before and after."""

from harness.faults.container_restarted import FAULTS


def test_its_node_answers_or_is_not_there():
    """Either way, but never wrongly."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.outcome) == ("restart", "either")
