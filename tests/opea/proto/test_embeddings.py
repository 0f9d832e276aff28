"""Embedding, retrieval and reranking in OpenAI's manner."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import embeddings
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(embeddings), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


def test_an_encoding_is_float_or_base64():
    """Other encodings are refused."""
    with pytest.raises(ValidationError, match="encoding_format"):
        embeddings.EmbeddingRequest(input="a", encoding_format="int8")


def test_nothing_at_all_is_a_retrieval_request():
    """`{}` on /v1/retrieval is valid upstream."""
    assert embeddings.RetrievalRequest.model_validate({}).embedding is None
