"""A plain run answers 500 in the node's place."""

from harness.faults.status_500 import FAULTS


def test_the_fault_is_its_name():
    """status-500 answers 500, and is part of a plain run."""
    (fault,) = FAULTS

    assert (fault.name, fault.effect.status, fault.default) == ("status-500", 500, True)
