"""What a mock of a language model says: an answer out of its context, cut into tokens and counted.

The same prompt gets the same words, whatever the temperature. A token is a run of letters with the space before it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal
from uuid import UUID

from harness.comp import Stream
from harness.sse import DIALECTS, DialectName, Limits, Reply
from mocks._text import answer, read_prompt

# The model of OPEA's compose files; LLM_MODEL_ID names another.
MODEL = "meta-llama/Meta-Llama-3-8B-Instruct"
CREATED_S = 1_700_000_000  # A fixed time, so that equal requests have equal replies.

_TOKEN = re.compile(r"\s*\S+|\s+")


@dataclass(frozen=True, slots=True)
class Speech:
    """An answer as tokens, whose concatenation is the text, and why it ended."""

    id: str
    tokens: tuple[str, ...]
    prompt_tokens: int
    finish_reason: Literal["stop", "length"] = "stop"

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(self.tokens)

    @property
    def usage(self) -> dict[str, int]:
        """The counts as OpenAI names them."""
        said = len(self.tokens)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": said,
            "total_tokens": self.prompt_tokens + said,
        }


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a mock may speak: at most so many tokens, and not past any of these words."""

    tokens_max: int | None = None
    stops: tuple[str, ...] = ()


def split(text: str) -> tuple[str, ...]:
    """The tokens of a text; joined they are the text."""
    return tuple(_TOKEN.findall(text))


def speak(question: str, documents: Sequence[str] = (), limit: Limit = Limit()) -> Speech:
    """The answer to a question out of its documents; a prompt in OPEA's template brings its documents along."""
    asked, found = read_prompt(question)
    context = (*documents, *found)
    text = answer(asked, context)
    for stop in limit.stops:
        text = text.partition(stop)[0] if stop else text
    return said(text, asked, context, limit.tokens_max)


def said(text: str, asked: str, context: Sequence[str] = (), tokens_max: int | None = None) -> Speech:
    """An answer in words of one's own, cut after so many tokens; its id follows from what was asked."""
    tokens = split(text)
    digest = blake2b("\0".join((asked, *context)).encode("utf-8", "replace"), digest_size=16).digest()
    return Speech(
        id=str(UUID(bytes=digest)),
        tokens=tokens[:tokens_max],
        prompt_tokens=len(split(asked)) + sum(len(split(text)) for text in context),
        finish_reason="stop" if tokens_max is None or len(tokens) <= tokens_max else "length",
    )


def heard(messages: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """The question of a chat, which is its last user's message, and its context, which is what the system said."""
    asked = [_words(each.get("content")) for each in messages if each.get("role") == "user"]
    told = [_words(each.get("content")) for each in messages if each.get("role") == "system"]
    return (asked[-1] if asked else "", tuple(line for each in told for line in each.splitlines() if line))


def stops(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """The `stop` of a request, which is a word, several, or nothing."""
    return (given,) if isinstance(given, str) else tuple(given or ())


def streamed(dialect: DialectName, speech: Speech, reply: Reply) -> Stream:
    """The answer as a stream of that dialect, event by event."""
    spoken = DIALECTS[dialect]
    encoder = spoken.encoder(reply)
    head, tail = encoder.head(), encoder.tail(speech.finish_reason)
    events = spoken.parser(Limits()).feed(0, tail)
    return Stream(
        dialect,
        head=(head,) if head else (),
        tokens=tuple(map(encoder.text, speech.tokens)),
        tail=tuple(tail[event.offset : event.end] for event in events),
        content_type="application/x-ndjson" if dialect == "ndjson" else "text/event-stream; charset=utf-8",
        prompt_tokens=speech.prompt_tokens,
        finish_reason=speech.finish_reason,
    )


def _words(content: object) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")
