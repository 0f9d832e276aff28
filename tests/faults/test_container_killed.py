"""A killed container is asked in vain."""

from harness.faults.container_killed import FAULTS


def test_its_node_is_not_there():
    """An error that names the node is what should come of it."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.statuses) == ("kill", (502,))
