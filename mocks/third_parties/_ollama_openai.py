"""OpenAI's routes as Ollama has them: what it passes over, what it loads a model for, and what it refuses.

Seen of Ollama 0.9.6: without a prompt, or with a message of no parts, the model is loaded and nothing is said; `n` is passed over, so is
a `stop` that is neither text nor list; a limit below one is none.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel

from harness.comp import Binary, Endpoint, Example, Law, Stream, Variant, World
from mocks._openai import LAWS, ChatCompletion, TextCompletion
from mocks._speech import CREATED_S
from mocks.third_parties._server import ChatBody, Server, StreamOptions, TextBody, error

REFUSED = "invalid_request_error"
OWN_JSON = "application/json; charset=utf-8"  # What Ollama itself says; what is OpenAI's it says without.


class Said(BaseModel):
    """A message, whose content is text or parts of text."""

    role: str | None = ""
    content: str | list[dict[str, Any]]


class Chat(BaseModel):
    """A chat; there is one answer, whatever `n` says."""

    model: str
    messages: list[Said]
    max_tokens: int | None = None
    stop: Any = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: ClassVar[int] = 1


class Text(BaseModel):
    """A prompt; without one the model is loaded, and that is all."""

    model: str = ""
    prompt: str | None = ""
    max_tokens: int | None = None
    stop: Any = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: ClassVar[int] = 1


class Unsaid(BaseModel):
    """An answer that says nothing, because nothing was asked."""

    index: int
    message: dict[str, Any] | None = None
    text: Literal[""] | None = None
    finish_reason: Literal["load"]


class Loaded(BaseModel):
    """That the model is there."""

    id: str
    object: Literal["chat.completion", "text_completion"]
    created: int
    model: str
    system_fingerprint: str | None = None
    choices: list[Unsaid]
    usage: dict[str, int]


def _chat(server: Server) -> Any:
    def answer(request: Chat, world: World) -> dict[str, Any] | Stream | Binary:
        """Answer a chat; one whose messages have no part at all says nothing."""
        messages = [each.model_dump() for each in request.messages]
        parts = [each for one in messages for each in one["content"] if isinstance(one["content"], list)]
        if any(each.get("type") != "text" or not isinstance(each.get("text"), str) for each in parts):
            return refused("invalid message format")
        if messages and all(each["content"] == [] for each in messages):
            return _loaded(server, request.model, world, {"message": {"role": "assistant", "content": ""}})
        words = [each for each in _listed(request.stop) if isinstance(each, str)]
        asked = ChatBody(
            model=request.model,
            messages=messages,
            n=request.n,
            max_tokens=_limit(request.max_tokens),
            stop=words,
            stream=request.stream,
            stream_options=request.stream_options,
        )
        return _streamed(server.chat(asked, world), server)

    return answer


def _complete(server: Server) -> Any:
    def answer(request: Text, world: World) -> dict[str, Any] | Stream | Binary:
        """Continue a prompt; without one nothing is said."""
        words = _listed(request.stop)
        if not all(isinstance(each, str) for each in words):
            return refused("invalid type for 'stop' field: it is text, or a list of texts")
        if not request.model:
            return error(404, "model '' not found", "api_error")
        if not request.prompt:
            return _loaded(server, request.model, world, {"text": ""})
        asked = TextBody(
            model=request.model,
            prompt=request.prompt,
            n=request.n,
            max_tokens=_limit(request.max_tokens),
            stop=words,
            stream=request.stream,
            stream_options=request.stream_options,
        )
        return _streamed(server.complete(asked, world), server)

    return answer


def refused(words: str) -> Binary:
    """What is no request of OpenAI's, as Ollama tells it."""
    return replace(error(400, words, REFUSED), content_type=OWN_JSON)


def _streamed(reply: dict[str, Any] | Stream | Binary, server: Server) -> dict[str, Any] | Stream | Binary:
    """A reply as Ollama orders it: a prompt's choices begin with their text, every chunk is signed, those of a chat bear the role."""
    if isinstance(reply, dict):
        return {**reply, "choices": [_text_first(each) for each in reply["choices"]]}
    if not isinstance(reply, Stream):
        return reply
    head, tokens, tail = (
        tuple(_chunk(event, server.fingerprint) for event in part)
        for part in (reply.head, reply.tokens, reply.tail)
    )
    return replace(reply, head=head, tokens=tokens, tail=tail, content_type="text/event-stream")


def _chunk(event: bytes, fingerprint: str | None) -> bytes:
    data = event.removeprefix(b"data: ").strip()
    if data == b"[DONE]":
        return event
    chunk = orjson.loads(data)
    name = {"id": chunk["id"], "object": chunk["object"], "created": chunk["created"]}
    signed = {"model": chunk["model"], "system_fingerprint": fingerprint}
    usage = {"usage": chunk["usage"]} if "usage" in chunk else {}
    if chunk["object"] == "text_completion":
        told = {**name, "choices": [_text_first(each) for each in chunk["choices"]], **signed, **usage}
    else:
        choices = [
            {
                "index": each["index"],
                "delta": {"role": "assistant", "content": each["delta"].get("content") or ""},
                "finish_reason": each["finish_reason"],
            }
            for each in chunk["choices"]
        ]
        told = {**name, **signed, "choices": choices, **usage}
    return b"data: " + orjson.dumps(told) + b"\n\n"


def _text_first(choice: dict[str, Any]) -> dict[str, Any]:
    if "text" not in choice:
        return choice
    return {"text": choice["text"], "index": choice["index"], "finish_reason": choice["finish_reason"]}


def _listed(stop: Any) -> list[Any]:
    if isinstance(stop, str):
        return [stop]
    return stop if isinstance(stop, list) else []


def _limit(given: int | None) -> int | None:
    return given if given is not None and given > 0 else None


def _loaded(server: Server, model: str, world: World, unsaid: dict[str, Any]) -> dict[str, Any] | Binary:
    missing = server.missing(model, world)
    if missing is not None:
        return missing
    is_chat = "message" in unsaid
    return {
        "id": "chatcmpl-0" if is_chat else "cmpl-0",
        "object": "chat.completion" if is_chat else "text_completion",
        "created": CREATED_S,
        "model": model,
        "system_fingerprint": server.fingerprint,
        "choices": [_text_first({"index": 0, **unsaid, "finish_reason": "load"})],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def _as_asked(request: Any, reply: Any) -> str | None:
    """A model is only loaded where nothing was asked; an answer says something, unless it was cut or was to stop at once."""
    choices = reply.get("choices", ())
    reasons = {each.get("finish_reason") for each in choices}
    asks = bool(request.get("prompt")) or any(each.get("content") for each in request.get("messages") or ())
    if "load" in reasons and asks:
        return "choices: the model was only loaded, though something was asked"
    text = _text_of(choices[0]) if choices else reply["text"]
    is_silent = "" in _listed(request.get("stop")) or reasons & {"load", "length"}
    return None if text or is_silent else "the answer is empty"


def _text_of(choice: dict[str, Any]) -> Any:
    return choice["message"]["content"] if choice.get("message") else choice.get("text")


def _bounded(law: Law) -> Law:
    """The law for requests that have a limit: one below 1 is none, and `n` is passed over."""

    def broken(request: Any, reply: Any) -> str | None:
        asked = {name: value for name, value in request.items() if name != "n"}
        if (asked.get("max_tokens") or 0) < 1:
            asked.pop("max_tokens", None)
        return law.broken(asked, reply)

    return replace(law, broken=broken)


NOT_EMPTY = Law("not-empty", "an answer that was not cut says something, unless nothing was asked", _as_asked)
OWN_LAWS = (NOT_EMPTY, *(_bounded(law) for law in LAWS if law.id != "not-empty"))


def endpoints(server: Server, source: str) -> Iterable[Endpoint]:
    """OpenAI's three routes, those that speak with Ollama's own leniency."""
    chat, complete, models = server.endpoints(source)
    nothing = Example("no-parts", {"model": server.default_model, "messages": [{"role": "user", "content": []}]}, {"usage": {"total_tokens": 0}})  # fmt: skip
    empty = Example(
        "no-prompt", {"model": server.default_model, "prompt": ""}, {"usage": {"total_tokens": 0}}
    )
    no_content = Example(
        "no-content", {"model": server.default_model, "messages": [{"role": "user"}]}, status=400
    )
    yield _own(chat, _chat(server), Chat, ChatCompletion | Loaded, (nothing, no_content))
    yield _own(complete, _complete(server), Text, TextCompletion | Loaded, (empty,))
    yield replace(models, evidence="executed")


def _long(example: Example) -> Example:
    """A stream of so many tokens that even a tiny model does not say them all at once."""
    assert isinstance(example.request, dict)
    return replace(example, request={**example.request, "max_tokens": 64})


def _own(endpoint: Endpoint, answer: Any, request: Any, reply: Any, more: tuple[Example, ...]) -> Endpoint:
    (given,) = endpoint.variants
    examples = [_long(each) if each.stream else each for each in given.examples]
    variant: Variant = replace(
        given, request=request, reply=reply, laws=OWN_LAWS, examples=(*examples, *more)
    )
    return replace(endpoint, answer=answer, variants=(variant,), refuses=refused, evidence="executed")
