"""Text completions and speech in OpenAI's manner."""

import pytest

from harness.opea.proto import completions
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(completions), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


def test_a_completion_gets_an_id_of_its_kind():
    """Text completions and chats are told apart by their ids."""
    assert completions.CompletionStreamResponse(model="m", choices=[]).id.startswith("cmpl-")
