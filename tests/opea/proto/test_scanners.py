"""The settings of the LLM-Guard scanners."""

import pytest

from harness.opea.proto import scanners
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(scanners), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["docarray"][model.__name__]


def test_no_scanner_is_on_by_itself():
    """A scanner left out is off."""
    chosen = scanners.LLMGuardInputGuardrailParams.model_validate({"ban_substrings": {"enabled": True}})

    assert [name for name, scanner in chosen if name != "id" and scanner.enabled] == ["ban_substrings"]
    assert chosen.ban_substrings.substrings == ["backdoor", "malware", "virus"]
