"""A container without memory is ended."""

from harness.faults.container_starved import FAULTS


def test_its_node_is_not_there():
    """An error that names the node is what should come of it."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.statuses) == ("starve", (502,))
