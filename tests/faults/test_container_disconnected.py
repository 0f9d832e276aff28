"""A container on no network is not to be reached."""

from harness.faults.container_disconnected import FAULTS


def test_its_node_is_not_there():
    """An error that names the node is what should come of it."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.statuses) == ("disconnect", (502, 504))
