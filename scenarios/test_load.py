"""A megaservice under load meets its objectives, measured by an instrument that was good enough.

pytest -m load
"""

import pytest

from harness.verdict import Verdict


@pytest.mark.load
def test_load(opea_verdict: Verdict) -> None:
    """Every request of the schedule was sent, and enough of them were answered in time."""
    assert opea_verdict.verdict == "holds", opea_verdict.told
