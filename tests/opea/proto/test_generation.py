"""What models of text, vision and images take and give."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import generation
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(generation), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["docarray"][model.__name__]


def test_a_question_to_an_llm_streams_unless_told_otherwise():
    """LLMParamsDoc and ChatCompletionRequest differ in this."""
    assert generation.LLMParamsDoc(query="q").stream is True
    assert generation.LLMParamsDoc(query="q").documents == []


def test_a_vision_model_says_at_most_1024_tokens():
    """max_new_tokens is bounded."""
    with pytest.raises(ValidationError, match="less than or equal to 1024"):
        generation.LVMDoc(image="", prompt="p", max_new_tokens=1025)
