"""What the smaller guardrails take and say."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import verdicts
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(verdicts), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["docarray"][model.__name__]


def test_a_score_must_be_there():
    """A score document without its score is none."""
    with pytest.raises(ValidationError, match="score"):
        verdicts.ScoreDoc.model_validate({})
