"""What the stores of chats, feedback and prompts take (comps/cores/storages/models.py, GenAIComps 8130a3f)."""

from typing import Annotated

from pydantic import BaseModel, Field

from harness.opea.proto.chat import ChatCompletionRequest


class ChatMessage(BaseModel):
    """A chat to be stored."""

    data: ChatCompletionRequest
    first_query: str | None = None
    id: str | None = None


class ChatId(BaseModel):
    """Which chat of a user; without `id`, all of them."""

    user: str
    id: str | None = None


class FeedbackData(BaseModel):
    """What a user thought of an answer."""

    is_thumbs_up: bool
    rating: Annotated[int, Field(ge=0, le=5)] | None = None
    comment: str | None = None


class ChatFeedback(BaseModel):
    """A chat and what its user thought of it."""

    chat_data: ChatCompletionRequest
    feedback_data: FeedbackData
    chat_id: str | None = None
    feedback_id: str | None = None


class FeedbackId(BaseModel):
    """Which feedback of a user; without `feedback_id`, all of it."""

    user: str
    feedback_id: str | None = None


class PromptCreate(BaseModel):
    """A prompt to be stored."""

    prompt_text: str
    user: str


class PromptId(BaseModel):
    """Which prompt of a user; without id and text, all of them."""

    user: str
    prompt_id: str | None = None
    prompt_text: str | None = None
