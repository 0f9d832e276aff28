"""A megaservice answers rightly: contracts of its nodes, labelled questions, streams, concurrent callers.

pytest -m correctness
"""

import pytest

from harness.verdict import Verdict


@pytest.mark.correctness
def test_correctness(opea_verdict: Verdict) -> None:
    """What was promised came."""
    assert opea_verdict.verdict == "holds", opea_verdict.told
