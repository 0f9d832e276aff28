"""The guardrails together."""

import pytest

from mocks.guardrails import COMPS
from tests.mocks.contract import broken


def test_all_seven_guardrails_are_there():
    """Their ids are GenAIComps' folders, and two of them have a second component whose replies are of another shape."""
    assert sorted(comp.id.removeprefix("guardrails.") for comp in COMPS) == [
        "bias_detection",
        "factuality_alignment",
        "guardrails",
        "hallucination_detection",
        "pii_detection",
        "prompt_injection",
        "prompt_injection.predictionguard",
        "toxicity_detection",
        "toxicity_detection.predictionguard",
    ]


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_the_mock_keeps_its_contract(comp):
    """Status, model, promised part, stream and laws hold for every example, over a real socket."""
    assert broken(comp) == []
