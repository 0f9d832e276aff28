"""A late node is late by what the fault's name says."""

from harness.fault import Effect
from harness.faults.latency import FAULTS, latency


def test_the_name_carries_the_delay():
    """Name, effect and expectation speak of the same milliseconds."""
    fault = latency(300)

    assert (fault.name, fault.effect.delay_ms, fault.expected.slower_ms) == ("latency-300ms", 300, 300)
    assert fault.expected.outcome == "slower"


def test_no_delay_is_no_effect():
    """A latency fault set to nothing does nothing, so it cannot fire."""
    assert latency(0).effect == Effect()


def test_one_is_of_a_plain_run():
    """A plain run delays by 300 ms, far above the noise of a busy machine."""
    assert [fault.name for fault in FAULTS if fault.default] == ["latency-300ms"]
