"""Fine-tuning and its files."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import finetuning
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(finetuning), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


def test_a_job_has_one_of_the_known_states():
    """Other states are refused."""
    with pytest.raises(ValidationError, match="status"):
        finetuning.FineTuningJob(
            id="j", created_at=1, hyperparameters={}, model="m", status="lost", training_file="f"
        )
