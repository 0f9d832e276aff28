"""A refused node acts on no exchange: there is none."""

from harness.fault import Effect
from harness.faults.refused import FAULTS


def test_it_takes_the_node_down():
    """refused has no effect on an exchange, and asks for the listener to go."""
    (fault,) = FAULTS

    assert (fault.down, fault.effect, fault.expected.kinds) == (True, Effect(), ("refused", "reset"))
