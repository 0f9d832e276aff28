"""OpenAI's replies as OPEA's llms pass them on: every field of the openai client's models, nulls included.

vLLM, TGI and Ollama send fewer fields of the same shapes; `few` gives theirs. Recorded from GenAIComps 8130a3f.
"""

from typing import Any, Literal

from pydantic import BaseModel

from harness.comp import Law
from mocks._speech import CREATED_S, Speech, split

FinishReason = Literal["stop", "length"]
ORDER = (
    "id", "object", "created", "model", "system_fingerprint", "choices", "index", "text", "role", "content",
    "message", "logprobs", "finish_reason", "prompt_tokens", "completion_tokens", "total_tokens", "usage",
)  # fmt: skip


class Usage(BaseModel):
    """The tokens that were counted."""

    completion_tokens: int
    prompt_tokens: int
    total_tokens: int
    completion_tokens_details: dict[str, Any] | None = None
    prompt_tokens_details: dict[str, Any] | None = None


class Message(BaseModel):
    """What the assistant said."""

    content: str | None
    refusal: str | None = None
    role: Literal["assistant"] = "assistant"
    audio: dict[str, Any] | None = None
    function_call: dict[str, Any] | None = None
    tool_calls: list[dict[str, Any]] | None = None


class Choice(BaseModel):
    """One answer to a chat."""

    finish_reason: FinishReason
    index: int
    logprobs: dict[str, Any] | None = None
    message: Message


class ChatCompletion(BaseModel):
    """The answer to a chat."""

    id: str
    choices: list[Choice]
    created: int
    model: str
    object: Literal["chat.completion"] = "chat.completion"
    service_tier: str | None = None
    system_fingerprint: str | None = None
    usage: Usage | None = None


class TextChoice(BaseModel):
    """One continuation of a prompt."""

    finish_reason: FinishReason
    index: int
    logprobs: dict[str, Any] | None = None
    text: str


class TextCompletion(BaseModel):
    """The continuation of a prompt."""

    id: str
    choices: list[TextChoice]
    created: int
    model: str
    object: Literal["text_completion"] = "text_completion"
    system_fingerprint: str | None = None
    usage: Usage | None = None


def chat_completion(speech: Speech, model: str, n: int = 1) -> ChatCompletion:
    """The answer to a chat, n times."""
    message = Message(content=speech.text)
    choices = [Choice(finish_reason=speech.finish_reason, index=at, message=message) for at in range(n)]
    return ChatCompletion(
        id=f"chatcmpl-{speech.id}", choices=choices, created=CREATED_S, model=model, usage=usage_of(speech, n)
    )


def text_completion(speech: Speech, model: str, n: int = 1) -> TextCompletion:
    """The continuation of a prompt, n times."""
    choices = [TextChoice(finish_reason=speech.finish_reason, index=at, text=speech.text) for at in range(n)]
    return TextCompletion(
        id=f"cmpl-{speech.id}", choices=choices, created=CREATED_S, model=model, usage=usage_of(speech, n)
    )


def few(completion: ChatCompletion | TextCompletion, fingerprint: str | None = None) -> dict[str, Any]:
    """The fields that a server itself sends, in its order: those that say something."""
    completion = completion.model_copy(update={"system_fingerprint": fingerprint})
    reply = _in_order(completion.model_dump(exclude_none=True))
    return {**reply, "choices": [_in_order(each) for each in reply["choices"]]}


def _in_order(part: dict[str, Any]) -> dict[str, Any]:
    """The parts as servers send them; the openai client, by whose models they are made here, has them by the alphabet."""
    named = {name: _in_order(part[name]) if name in ("message", "usage") else part[name] for name in part}
    return {name: named[name] for name in ORDER if name in named} | named


def usage_of(speech: Speech, n: int = 1) -> Usage:
    """What an answer took, n times."""
    said, read = n * len(speech.tokens), speech.prompt_tokens
    return Usage(completion_tokens=said, prompt_tokens=read, total_tokens=read + said)


def _text_of(choice: dict[str, Any]) -> Any:
    return choice["message"]["content"] if "message" in choice else choice["text"]


def _said(request: Any, reply: Any) -> str | None:
    text = reply["text"] if "choices" not in reply else _text_of(reply["choices"][0])
    return None if text else "the answer is empty"


def _adds_up(request: Any, reply: Any) -> str | None:
    usage = reply.get("usage")
    if not usage:
        return None
    total = usage["prompt_tokens"] + usage["completion_tokens"]
    if total == usage["total_tokens"]:
        return None
    return f"usage: total_tokens is {usage['total_tokens']}, prompt and completion make {total}"


def _bounded(request: Any, reply: Any) -> str | None:
    most, usage = request.get("max_tokens"), reply.get("usage")
    if most is None or not usage or usage["completion_tokens"] <= most * (request.get("n") or 1):
        return None
    return f"usage: completion_tokens is {usage['completion_tokens']}, max_tokens was {most}"


def _cut_is_told(request: Any, reply: Any) -> str | None:
    most, choices = request.get("max_tokens"), reply.get("choices", ())
    for choice in choices:
        words = len(split(_text_of(choice) or ""))
        if most is not None and words > most and choice["finish_reason"] != "length":
            why = f"finish_reason is {choice['finish_reason']}"
            return f"choices[{choice['index']}]: holds {words} words of {most} tokens and {why}"
    return None


def _as_many(request: Any, reply: Any) -> str | None:
    if "choices" not in reply:
        return None
    asked, got = request.get("n") or 1, len(reply["choices"])
    return None if asked == got else f"choices: {got} came, n was {asked}"


LAWS = (
    Law("not-empty", "an answer says something", _said),
    Law("usage-adds-up", "prompt and completion tokens make the total", _adds_up),
    Law("bounded", "no more tokens are said than were allowed", _bounded),
    Law("cut-is-told", "an answer that was cut finishes with length", _cut_is_told),
    Law("as-many-choices", "there are as many choices as were asked for", _as_many),
)
