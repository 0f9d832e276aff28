"""Texts, images, audio and paths."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import documents
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(documents), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["docarray"][model.__name__]


def test_a_text_document_begins_with_its_routing():
    """The order in JSON is downstream_black_list, id, text."""
    assert list(documents.TextDoc(text="a").model_dump()) == ["downstream_black_list", "id", "text"]


def test_a_text_may_be_left_out_and_not_be_null():
    """`{}` is a text document; an explicit null is refused."""
    assert documents.TextDoc.model_validate({}).text is None
    with pytest.raises(ValidationError, match="text"):
        documents.TextDoc.model_validate({"text": None})


def test_an_image_ends_like_an_image_or_not_at_all():
    """A text file is no image."""
    assert documents.ImageDoc(url="http://127.0.0.1/a.png?w=1").url == "http://127.0.0.1/a.png?w=1"
    assert documents.ImageDoc(url="frame").url == "frame"
    with pytest.raises(ValidationError, match=r"ends in \.txt, which is text/plain; image is wanted"):
        documents.ImageDoc(url="a.txt")
