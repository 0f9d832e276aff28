"""The control does nothing, anywhere."""

from harness.fault import Effect
from harness.faults.noop import FAULTS


def test_the_control_has_no_effect():
    """noop is marked as the control, and its effect is the one of no fault."""
    (noop,) = FAULTS

    assert (noop.name, noop.control, noop.effect, noop.expected.outcome) == ("noop", True, Effect(), "same")


def test_the_control_fits_everywhere(hop):
    """There is no hop on which noise need not be known."""
    assert FAULTS[0].unfit(hop("embedding")) is None
    assert FAULTS[0].unfit(hop("openai")) is None
