"""Chats: what a megaservice takes and gives (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Any, Literal

from pydantic import BaseModel, Field, NonNegativeFloat, PositiveInt

from harness.opea.proto.doc import ABSENT, chat_id, now_s
from harness.opea.proto.embeddings import (
    EmbeddingResponse,
    RerankingResponseData,
    RetrievalResponseData,
    UsageInfo,
)


class ResponseFormat(BaseModel):
    """The form of the answer."""

    type: Literal["text", "json_object"]


class StreamOptions(BaseModel):
    """What a stream carries beside its text."""

    include_usage: bool | None = False


class FunctionDefinition(BaseModel):
    """A function that the model may call."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class ChatCompletionToolsParam(BaseModel):
    """A tool that the model may use."""

    type: Literal["function"] = "function"
    function: FunctionDefinition


class ChatCompletionNamedFunction(BaseModel):
    """The name of a function."""

    name: str


class ChatCompletionNamedToolChoiceParam(BaseModel):
    """The tool that the model must use."""

    function: ChatCompletionNamedFunction
    type: Literal["function"] = "function"


class ChatCompletionRequest(BaseModel):
    """A chat request, with the parameters of every comp it passes through."""

    messages: str | list[dict[str, str]] | list[dict[str, str | list[dict[str, str | dict[str, str]]]]]
    model: str | None = None
    modalities: list[Literal["text", "audio"]] = ["text"]
    frequency_penalty: float | None = 0.0
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = False
    top_logprobs: int | None = 0
    max_tokens: PositiveInt | None = 1024
    n: PositiveInt | None = 1
    presence_penalty: float | None = 0.0
    response_format: ResponseFormat | None = None
    seed: PositiveInt | None = None
    service_tier: str | None = None
    stop: str | list[str] | None = Field(default_factory=list)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: NonNegativeFloat | None = 0.01
    top_p: NonNegativeFloat | None = None
    tools: list[ChatCompletionToolsParam] | None = None
    tool_choice: Literal["none"] | ChatCompletionNamedToolChoiceParam | None = "none"
    parallel_tool_calls: bool | None = True
    user: str | None = None
    language: str = "auto"
    image_path: str | None = None
    audio_path: str | None = None
    best_of: PositiveInt | None = 1
    suffix: str | None = None
    repetition_penalty: NonNegativeFloat | None = 1.0
    top_k: PositiveInt | None = None
    typical_p: float | None = None
    timeout: PositiveInt | None = None
    echo: bool | None = False
    add_generation_prompt: bool | None = True
    add_special_tokens: bool | None = False
    documents: list[dict[str, str]] | list[str] | None = None
    chat_template: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    input: list[int] | list[list[int]] | str | list[str] = ABSENT
    encoding_format: str | None = Field("float", pattern="^(float|base64)$")
    dimensions: int | None = None
    embedding: EmbeddingResponse | list[float] = Field(default_factory=list)
    search_type: str = "similarity"
    k: PositiveInt = 4
    distance_threshold: float | None = None
    fetch_k: PositiveInt = 20
    lambda_mult: NonNegativeFloat = 0.5
    score_threshold: NonNegativeFloat = 0.2
    retrieved_docs: list[RetrievalResponseData] | list[dict[str, Any]] = Field(default_factory=list)
    index_name: str | None = None
    top_n: PositiveInt = 1
    reranked_docs: list[RerankingResponseData] | list[dict[str, Any]] = Field(default_factory=list)
    request_type: Literal["chat"] = "chat"


class DocSumChatCompletionRequest(ChatCompletionRequest):
    """A chat whose text is to be summarised."""

    summary_type: str = "auto"
    chunk_size: int = -1
    chunk_overlap: int = -1
    type: str | None = None


class ArbPostHearingAssistantChatCompletionRequest(ChatCompletionRequest):
    """A hearing whose record is to be summarised."""

    summary_type: str = "auto"
    chunk_size: int = -1
    chunk_overlap: int = -1
    type: str | None = None


class AudioChatCompletionRequest(BaseModel):
    """A chat whose question is spoken."""

    audio: str
    voice: str = "default"
    messages: (
        str | list[dict[str, str]] | list[dict[str, str | list[dict[str, str | dict[str, str]]]]] | None
    ) = None
    model: str | None = "Intel/neural-chat-7b-v3-3"
    temperature: NonNegativeFloat | None = 0.01
    top_p: NonNegativeFloat | None = 0.95
    top_k: PositiveInt | None = 10
    n: PositiveInt | None = 1
    max_tokens: PositiveInt | None = 1024
    stop: str | list[str] | None = None
    stream: bool | None = False
    presence_penalty: NonNegativeFloat | None = 0.0
    frequency_penalty: NonNegativeFloat | None = 0.0
    repetition_penalty: NonNegativeFloat | None = 1.03
    user: str | None = None


class ChatMessage(BaseModel):
    """A message of a chat."""

    role: str
    content: str
    audio: dict[str, Any] | None = None


class ChatCompletionResponseChoice(BaseModel):
    """One choice of an answer."""

    index: int
    message: ChatMessage
    finish_reason: Literal["stop", "length"] | None = None
    metadata: dict[str, Any] | None = None


class ChatCompletionResponse(BaseModel):
    """The answer to a chat."""

    id: str = Field(default_factory=chat_id)
    object: str = "chat.completion"
    created: int = Field(default_factory=now_s)
    model: str
    choices: list[ChatCompletionResponseChoice]
    usage: UsageInfo


class DeltaMessage(BaseModel):
    """What a chunk adds to the message."""

    role: str | None = None
    content: str | None = None


class ChatCompletionResponseStreamChoice(BaseModel):
    """A chunk of one choice."""

    index: int
    delta: DeltaMessage
    finish_reason: Literal["stop", "length"] | None = None


class ChatCompletionStreamResponse(BaseModel):
    """A chunk of the answer to a chat."""

    id: str = Field(default_factory=chat_id)
    object: str = "chat.completion.chunk"
    created: int = Field(default_factory=now_s)
    model: str
    choices: list[ChatCompletionResponseStreamChoice]
