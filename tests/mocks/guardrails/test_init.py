"""The guardrails together."""

import pytest

from mocks.guardrails import COMPS
from tests.mocks.contract import ask, broken


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


@pytest.mark.parametrize(
    ("path", "operation", "replies"),
    [
        ("/v1/bias", "llm_generate", set()),
        ("/v1/toxicity", "toxicity_guard", {"TextDoc", "ScoreDoc"}),
        ("/v1/injection", "injection_guard", {"TextDoc", "ScoreDoc"}),
        ("/v1/pii", "pii_guard", {"TextDoc", "PIIResponseDoc"}),
        ("/v1/factuality", "factuality_guard", {"ScoreDoc"}),
        ("/v1/hallucination_detection", "hallucination_guard", set()),
        ("/v1/guardrails", "safety_guard", {"TextDoc", "GeneratedDoc"}),
    ],
)
def test_the_document_declares_what_upstreams_does(path, operation, replies):
    """The names of operation and replies, whichever component it stands over."""
    for comp in (comp for comp in COMPS if comp.endpoint(path)):
        post = ask(comp, "GET", "/openapi.json", like_upstream=True).json()["paths"][path]["post"]
        schema = post["responses"]["200"]["content"]["application/json"]["schema"]
        told = schema.get("anyOf", [schema] if schema.get("$ref") else [])
        assert post["operationId"].startswith(f"{operation}_v1_")
        assert {each["$ref"].rpartition("/")[2] for each in told} == replies
