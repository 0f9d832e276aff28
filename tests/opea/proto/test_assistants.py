"""Assistants, threads and runs."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import assistants
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize("model", models(assistants), ids=lambda model: model.__name__)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


def test_an_attachment_may_be_left_out_and_not_be_null():
    """What has no null in its type refuses it."""
    assert assistants.CreateMessagesRequest(content="a").attachments is None
    with pytest.raises(ValidationError, match="attachments"):
        assistants.CreateMessagesRequest(content="a", attachments=None)
