"""A slow first token is slow by what the fault's name says."""

from harness.faults.slow_first_token import slow_first_token


def test_the_name_carries_the_delay():
    """Name, effect and expectation speak of the same milliseconds."""
    fault = slow_first_token(500)

    assert fault.name == "slow-first-token-500ms"
    assert (fault.effect.first_event_ms, fault.expected.slower_ms) == (500, 500)


def test_only_streams_have_a_first_token(hop):
    """A node that does not stream in the mode at hand is unfit."""
    assert slow_first_token(500).unfit(hop("embedding")) == "embedding does not stream in json mode"
    assert slow_first_token(500).unfit(hop("ndjson")) is None
