"""What model servers share: OpenAI's routes as they themselves serve them, an empty health page, errors as JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, Field

from harness.comp import Binary, Endpoint, Example, Stream, Variant, World
from harness.sse import Reply
from mocks._openai import LAWS, ChatCompletion, TextCompletion, chat_completion, few, text_completion
from mocks._speech import CREATED_S, MODEL, Limit, Speech, heard, speak, stops, streamed

QUESTION = "What is Deep Learning?"
MESSAGES = [{"role": "user", "content": QUESTION}]


class StreamOptions(BaseModel):
    """What a stream carries besides."""

    include_usage: bool | None = False


class ChatBody(BaseModel):
    """A chat as OpenAI-like servers take it; fields of no effect on a mock are passed over."""

    model: str
    messages: list[dict[str, Any]]
    max_tokens: int | None = Field(None, ge=1)
    n: int | None = Field(1, ge=1)
    stop: str | list[str] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class TextBody(BaseModel):
    """A prompt as OpenAI-like servers take it."""

    model: str
    prompt: str | list[str]
    max_tokens: int | None = Field(16, ge=1)
    n: int | None = Field(1, ge=1)
    stop: str | list[str] | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class Model(BaseModel):
    """One model that is served."""

    id: str
    object: str = "model"
    created: int
    owned_by: str


class ModelList(BaseModel):
    """The models that are served."""

    object: str = "list"
    data: list[Model]


@dataclass(frozen=True, slots=True)
class Server:
    """One OpenAI-like server: who owns its models, what it signs replies with, how it words errors."""

    owner: str
    default_model: str = MODEL
    fingerprint: str | None = None
    unknown_model: str = "The model `{model}` does not exist."
    unknown_kind: str = "not_found_error"

    def chat(self, request: ChatBody, world: World) -> dict[str, Any] | Stream | Binary:
        """Answer a chat out of what its messages say."""
        if not request.messages:
            return error(400, "[] is too short - 'messages'", "invalid_request_error")
        missing = self.missing(request.model, world)
        if missing is not None:
            return missing
        question, context = heard(request.messages)
        speech = speak(question, context, Limit(request.max_tokens, stops(request.stop)))
        if request.stream:
            return self._stream(speech, request, is_chat=True)
        return few(chat_completion(speech, request.model, request.n or 1), self.fingerprint)

    def complete(self, request: TextBody, world: World) -> dict[str, Any] | Stream | Binary:
        """Answer a prompt out of the documents that it brings; of several prompts the first."""
        missing = self.missing(request.model, world)
        if missing is not None:
            return missing
        prompt = request.prompt if isinstance(request.prompt, str) else next(iter(request.prompt), "")
        speech = speak(prompt, (), Limit(request.max_tokens, stops(request.stop)))
        if request.stream:
            return self._stream(speech, request, is_chat=False)
        return few(text_completion(speech, request.model, request.n or 1), self.fingerprint)

    def models(self, request: None, world: World) -> ModelList:  # noqa: ARG002 - Every answer takes a request.
        """The one model that is served."""
        served = world.settings.get("LLM_MODEL_ID", self.default_model)
        return ModelList(data=[Model(id=served, created=CREATED_S, owned_by=self.owner)])

    def missing(self, model: str, world: World) -> Binary | None:
        """The refusal of a model that is not served; where no LLM_MODEL_ID is set any is."""
        served = world.settings.get("LLM_MODEL_ID", model)
        words = self.unknown_model.format(model=model)
        return None if model == served else error(404, words, self.unknown_kind)

    def endpoints(self, source: str, prefix: str = "/v1") -> tuple[Endpoint, ...]:
        """The three routes that OPEA's comps ask."""
        return (
            _endpoint(f"{prefix}/chat/completions", self.chat, _chat_variant(self.default_model), source),
            _endpoint(f"{prefix}/completions", self.complete, _text_variant(self.default_model), source),
            page(f"{prefix}/models", self.models, ModelList, {"object": "list"}, source),
        )

    def _stream(self, speech: Speech, request: ChatBody | TextBody, *, is_chat: bool) -> Stream:
        options = request.stream_options
        reply = Reply(
            id=f"{'chatcmpl' if is_chat else 'cmpl'}-{speech.id}",
            model=request.model,
            created=CREATED_S,
            kind="chat" if is_chat else "text",
            nulls=False,
            usage=speech.usage if options and options.include_usage else None,
        )
        return streamed("openai", speech, reply)


def error(status: int, message: str, kind: str) -> Binary:
    """A refusal in OpenAI's words."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    return Binary(orjson.dumps(body), "application/json", status)


def page(path: str, answer: Callable[..., Any], reply: Any, holds: object, source: str) -> Endpoint:
    """A GET route without parameters; `holds` is a part of its reply."""
    return Endpoint(
        path,
        answer,
        (Variant("page", None, reply, examples=(Example("asked", None, holds),)),),
        evidence="source-only",
        source=source,
        method="GET",
        body="none",
    )


def health(source: str, path: str = "/health") -> Endpoint:
    """The page that says with an empty 200 that the server is there."""
    return page(path, lambda _request, _world: Binary(b"", ""), None, None, source)


def _endpoint(path: str, answer: Callable[..., Any], variant: Variant, source: str) -> Endpoint:
    return Endpoint(path, answer, (variant,), evidence="source-only", source=source)


def _chat_variant(model: str) -> Variant:
    return Variant(
        "chat",
        ChatBody,
        ChatCompletion,
        examples=(
            Example("messages", {"model": model, "messages": MESSAGES}, {"object": "chat.completion"}),
            Example("streamed", {"model": model, "messages": MESSAGES, "stream": True}, stream=True),
            Example("no-messages", {"model": model, "messages": []}, status=400),
        ),
        laws=LAWS,
        dialect="openai",
        streams={"stream": True},
    )


def _text_variant(model: str) -> Variant:
    asked = {"model": model, "prompt": QUESTION, "max_tokens": 4}
    return Variant(
        "prompt",
        TextBody,
        TextCompletion,
        examples=(
            Example("prompt", asked, {"object": "text_completion"}),
            Example("streamed", {**asked, "stream": True}, stream=True),
        ),
        laws=LAWS,
        dialect="openai",
        streams={"stream": True},
    )
