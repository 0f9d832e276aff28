"""Why a fault does not fit is said of the node, the mode and the dialect."""

import pytest

from harness.faults import _fit


@pytest.mark.parametrize(
    ("rule", "fits", "misses"),
    [
        (_fit.only_streams, "openai", "llm"),
        (_fit.only_whole, "llm", "openai"),
        (_fit.only_vectors, "embedding", "guardrail"),
        (_fit.only_numbers, "rerank", "guardrail"),
        (_fit.only_events, "raw_delta", "raw_text"),
        (_fit.only_marked_events, "ndjson", "raw_delta"),
    ],
)
def test_a_rule_fits_or_names_the_node(rule, fits, misses, hop):
    """None where the fault makes sense, a sentence about the node where it does not."""
    assert rule(hop(fits)) is None
    assert rule(hop(misses)).startswith(f"{hop(misses).node} ")


def test_a_stream_is_a_dialect(hop):
    """A hop streams exactly if it has a dialect in the mode at hand."""
    assert _fit.streams(hop("openai"))
    assert not _fit.streams(hop("llm"))
