"""Text completions and speech in OpenAI's manner (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Any, Literal

from fastapi import UploadFile
from pydantic import BaseModel, Field, NonNegativeFloat, PositiveInt

from harness.opea.proto.doc import completion_id, now_s
from harness.opea.proto.embeddings import UsageInfo


class CompletionRequest(BaseModel):
    """A request for a text completion."""

    model: str
    prompt: str | list[Any]
    suffix: str | None = None
    temperature: NonNegativeFloat | None = 0.7
    n: PositiveInt | None = 1
    max_tokens: PositiveInt | None = 16
    stop: str | list[str] | None = None
    stream: bool | None = False
    top_p: NonNegativeFloat | None = 1.0
    top_k: int | None = -1
    logprobs: int | None = None
    echo: bool | None = False
    presence_penalty: NonNegativeFloat | None = 0.0
    frequency_penalty: NonNegativeFloat | None = 0.0
    repetition_penalty: NonNegativeFloat | None = 1.03
    user: str | None = None
    use_beam_search: bool | None = False
    best_of: int | None = None


class CompletionResponseChoice(BaseModel):
    """One completion."""

    index: int
    text: str
    finish_reason: Literal["stop", "length"] | None = None


class CompletionResponse(BaseModel):
    """The reply to a text completion request."""

    id: str = Field(default_factory=completion_id)
    object: str = "text_completion"
    created: int = Field(default_factory=now_s)
    model: str
    choices: list[CompletionResponseChoice]
    usage: UsageInfo


class CompletionResponseStreamChoice(BaseModel):
    """A chunk of one completion."""

    index: int
    text: str
    finish_reason: Literal["stop", "length"] | None = None


class CompletionStreamResponse(BaseModel):
    """A chunk of a streamed text completion."""

    id: str = Field(default_factory=completion_id)
    object: str = "text_completion"
    created: int = Field(default_factory=now_s)
    model: str
    choices: list[CompletionResponseStreamChoice]


class AudioQnaRequest(BaseModel):
    """A question as an audio file."""

    file: UploadFile
    language: str = "auto"


class AudioSpeechRequest(BaseModel):
    """A text to be turned into speech."""

    input: str
    model: str | None = "microsoft/speecht5_tts"
    voice: str | None = "default"
    response_format: str | None = "mp3"
    speed: NonNegativeFloat | None = 1.0


class AudioTranscriptionResponse(BaseModel):
    """A transcription."""

    text: str
