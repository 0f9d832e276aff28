"""A plain run answers 429 in the node's place."""

from harness.faults.status_429 import FAULTS


def test_the_fault_is_its_name():
    """status-429 answers 429, and is part of a plain run."""
    (fault,) = FAULTS

    assert (fault.name, fault.effect.status, fault.default) == ("status-429", 429, True)


def test_it_says_when_to_come_again():
    """Retry-After is one second."""
    assert FAULTS[0].effect.reply_headers["retry-after"] == "1"
