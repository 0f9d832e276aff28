"""What a caller asks of a megaservice, and what it is answered, as OpenAI's chat JSON. Pure, and the same on every engine."""

import time
from typing import Any
from uuid import uuid4

import orjson

from harness.megaservice import Asked

PROBLEM = "application/problem+json"


def read_request(body: bytes) -> Asked:
    """What the caller asks, of a chat request's JSON; ValueError says what is wrong with it."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"the body is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"the body is a {type(document).__name__}; it is an object with `messages`")  # noqa: TRY004 - the document is wrong
    stream = document.get("stream", True)
    if stream is None:
        stream = True
    if not isinstance(stream, bool):
        raise ValueError(f"stream: is {stream!r}; it is true or false")  # noqa: TRY004 - the document is wrong
    return Asked(document, _text(document.get("messages")), stream)


def unreadable(detail: str) -> bytes:
    """The problem+json of a request that cannot be read; its status is 422."""
    return orjson.dumps(
        {"type": "about:blank", "title": "Unprocessable Content", "status": 422, "detail": detail}
    )


def completion(name: str, asked: Asked, text: str) -> bytes:
    """A chat completion of the megaservice of this name."""
    words = {"prompt_tokens": len(asked.text.split()), "completion_tokens": len(text.split())}
    document = {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": name,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {**words, "total_tokens": sum(words.values())},
    }
    return orjson.dumps(document)


def _text(messages: Any) -> str:
    """The question: a plain string, or the last thing that the user said."""
    if isinstance(messages, str) and messages:
        return messages
    if isinstance(messages, list):
        said = [
            each.get("content") for each in messages if isinstance(each, dict) and each.get("role") == "user"
        ]
        last = said[-1] if said else None
        if isinstance(last, list):
            last = " ".join(str(part.get("text", "")) for part in last if isinstance(part, dict))
        if isinstance(last, str) and last:
            return last
    raise ValueError("messages: holds no question; it is a text, or a list whose last user message has one")
