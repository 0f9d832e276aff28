"""Chats."""

import pytest
from pydantic import ValidationError

from harness.opea.proto import chat
from tests.opea.proto.schemas import UPSTREAM, fields, models


@pytest.mark.parametrize(
    "model",
    [model for model in models(chat) if model is not chat.ChatMessage],
    ids=lambda model: model.__name__,
)
def test_a_model_has_upstreams_fields(model):
    """Names, order, kinds, required and defaults are those of GenAIComps 8130a3f."""
    assert fields(model.model_json_schema()) == UPSTREAM["api_protocol"][model.__name__]


@pytest.mark.parametrize(
    "messages",
    [
        "What is OPEA?",
        [{"role": "user", "content": "What is OPEA?"}],
        [
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}],
            }
        ],
    ],
)
def test_messages_are_a_text_or_a_list(messages):
    """The three shapes of messages pass as they are."""
    assert chat.ChatCompletionRequest(messages=messages).messages == messages


def test_a_tool_choice_is_none_or_a_named_function():
    """`auto` and `required` are refused, as upstream."""
    with pytest.raises(ValidationError, match="tool_choice"):
        chat.ChatCompletionRequest(messages="q", tool_choice="auto")


def test_a_reply_gets_an_id_and_a_time():
    """Ids are as OpenAI's, times are seconds."""
    reply = chat.ChatCompletionStreamResponse(model="m", choices=[])

    assert reply.id.startswith("chatcmpl-")
    assert reply.created > 1_700_000_000


def test_what_was_said_may_be_heard():
    """A message has a role, a content, and audio at will."""
    assert fields(chat.ChatMessage.model_json_schema()) == [
        ["role", "string", True],
        ["content", "string", True],
        ["audio", "object<any>|null", False, None],
    ]
