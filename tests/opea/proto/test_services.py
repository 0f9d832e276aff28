"""Services about services."""

import pytest

from harness.opea.proto import services
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(services), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


def test_a_service_belongs_to_opea():
    """The owner and the time are filled in."""
    card = services.ServiceCard(service_name="llm", description="d")

    assert (card.owner, card.object) == ("opea", "service")
    assert card.created > 1_700_000_000
