"""What embedding, retrieval and reranking pass on."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import searched
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(searched), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["docarray"][model.__name__]


def test_a_vector_may_be_one_or_several():
    """One text has one vector, a list of texts a list of vectors."""
    assert searched.EmbedDoc(text="a", embedding=[1, 2]).embedding == [1.0, 2.0]
    assert searched.EmbedDoc(text=["a"], embedding=[[1, 2]]).embedding == [[1.0, 2.0]]


def test_found_documents_may_carry_more_than_a_text_document():
    """Unknown fields are ignored, a score for instance."""
    found = searched.SearchedDoc.model_validate(
        {"retrieved_docs": [{"text": "a", "score": 1}], "initial_query": "q"}
    )

    assert found.retrieved_docs[0].model_dump(exclude={"id"}) == {"downstream_black_list": [], "text": "a"}


def test_at_least_one_document_is_kept():
    """top_n is positive."""
    with pytest.raises(ValidationError, match="top_n"):
        searched.RerankerParms(top_n=0)
