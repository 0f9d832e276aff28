"""A connection ends where the fault's name says."""

from harness.faults.cut_mid_body import cut


def test_the_name_carries_the_bytes():
    """Name and effect agree on how much of the body gets through."""
    assert (cut(64).name, cut(64).effect.cut_after_bytes) == ("cut-mid-body-64b", 64)
    assert "truncated" in cut(64).expected.kinds
