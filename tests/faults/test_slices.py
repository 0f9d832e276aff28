"""Small pieces are no fault; for ever is."""

from harness.faults.slices import drip, slices


def test_pieces_change_nothing():
    """The name carries the size, and the answer is the same."""
    assert (slices(1).name, slices(1).effect.slice_bytes) == ("slices-1b", 1)
    assert slices(1).expected.outcome == "same"


def test_a_drip_takes_for_ever():
    """One byte at a time, so far apart that only a limit on the whole helps."""
    fault = drip(1000)

    assert (fault.name, fault.effect.slice_bytes, fault.effect.slice_ms) == ("drip-1000ms", 1, 1000)
    assert fault.expected.kinds == ("total_timeout",)
