"""The other statuses are there for who wants them."""

from harness.faults.status_others import FAULTS


def test_names_are_statuses():
    """Each fault's name is the status that it answers, and none is of a plain run."""
    assert [fault.name for fault in FAULTS] == [f"status-{fault.effect.status}" for fault in FAULTS]
    assert not any(fault.default for fault in FAULTS)
