"""The comps of this folder together."""

import pytest

from mocks.third_parties import COMPS
from tests.mocks.contract import broken


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_the_mock_keeps_its_contract(comp):
    """Status, model, promised part, stream and laws hold for every example, over a real socket."""
    assert broken(comp) == []
