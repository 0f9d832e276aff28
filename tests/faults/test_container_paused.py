"""A frozen container answers nobody."""

from harness.faults.container_paused import FAULTS


def test_its_node_does_not_answer_in_time():
    """A time-out that names the node is what should come of it."""
    (fault,) = FAULTS

    assert (fault.action, fault.expected.statuses, fault.amid_stream) == ("pause", (504,), False)
