"""What the stores of chats, feedback and prompts take."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import stores
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(stores), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["stores"][model.__name__]


def test_a_rating_is_between_0_and_5():
    """Six stars are refused."""
    with pytest.raises(ValidationError, match="less than or equal to 5"):
        stores.FeedbackData(is_thumbs_up=True, rating=6)
