"""A megaservice under faults: each fault on each node, streaming and not.

pytest -m chaos
"""

import pytest

from harness.verdict import Verdict


@pytest.mark.chaos
def test_chaos(opea_verdict: Verdict) -> None:
    """The fault is seen, bounded, named, not passed on, and gone when it is over."""
    assert opea_verdict.verdict == "holds", opea_verdict.told
