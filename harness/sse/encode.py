"""Text as the bytes of a stream, dialect by dialect: what a server writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import orjson

DONE_EVENT = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a stream says beside its text; `kind` tells chat from text completions where a dialect has both.

    `nulls`: OPEA's llms send what the openai client's models dump, every field, nulls included; vLLM, TGI and
    Ollama themselves send the few.
    """

    id: str = "chatcmpl-0"
    model: str = "mock"
    created: int = 0
    kind: Literal["chat", "text"] = "chat"
    nulls: bool = True
    usage: Mapping[str, Any] | None = None


class Encoder(Protocol):
    """Writes one stream: the head once, each text, the tail once. An error is `error_event`, in its place."""

    def head(self) -> bytes:
        """What comes before any text; may be empty."""

    def text(self, text: str) -> bytes:
        """One piece of text, a whole event."""

    def tail(self, finish_reason: str) -> bytes:
        """What comes after the last text, with the end mark."""


def error_event(problem: Mapping[str, Any]) -> bytes:
    """An error in a stream that already began; nothing follows it, also no end mark."""
    return b"event: error\ndata: " + orjson.dumps(problem) + b"\n\n"


class OpenAI:
    """OpenAI's chunks; the parts around the text are written once."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._before, self._after = self._chunk({"content": "\0"}, None).split(b'"\\u0000"')

    def head(self) -> bytes:
        """The role, for chats; text completions begin with text."""
        content = None if self._reply.nulls else ""
        is_chat = self._reply.kind == "chat"
        return self._chunk({"role": "assistant", "content": content}, None) if is_chat else b""

    def text(self, text: str) -> bytes:
        """One chunk."""
        return self._before + orjson.dumps(text) + self._after

    def tail(self, finish_reason: str) -> bytes:
        """The reason to finish, the usage if there is one, and the end mark."""
        # Servers say an empty text last, which OPEA's vision component adds to what came before; their clients show nulls.
        last, reply = self._chunk({} if self._reply.nulls else {"content": ""}, finish_reason), self._reply
        if reply.usage is not None:
            usage = {**self._frame(), "choices": [], "usage": reply.usage}
            last += b"data: " + orjson.dumps(usage) + b"\n\n"
        return last + DONE_EVENT

    def _frame(self) -> dict[str, Any]:
        reply, is_chat = self._reply, self._reply.kind == "chat"
        frame: dict[str, Any] = {
            "id": reply.id,
            "choices": [],
            "created": reply.created,
            "model": reply.model,
            "object": "chat.completion.chunk" if is_chat else "text_completion",
        }
        if reply.nulls:
            frame |= {"service_tier": None} if is_chat else {}
            frame |= {"system_fingerprint": None, "usage": None}
        return frame

    def _chunk(self, delta: dict[str, str | None], finish_reason: str | None) -> bytes:
        choice: dict[str, Any] = {"finish_reason": finish_reason, "index": 0, "logprobs": None}
        if self._reply.kind == "text":
            choice["text"] = delta.get("content") or ""
        elif self._reply.nulls:
            empty = dict.fromkeys(("content", "function_call", "refusal", "role", "tool_calls"))
            choice = {"delta": empty | delta, **choice}
        else:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return b"data: " + orjson.dumps({**self._frame(), "choices": [choice]}) + b"\n\n"


class Plain:
    """A dialect of which an event is one expression of its text, and that ends with `[DONE]`."""

    def __init__(self, write: Callable[[str], bytes], head: bytes = b"") -> None:
        self._write = write
        self._head = head

    def head(self) -> bytes:
        """What the dialect says first."""
        return self._head

    def text(self, text: str) -> bytes:
        """One event."""
        return self._write(text)

    def tail(self, finish_reason: str) -> bytes:  # noqa: ARG002 - These dialects do not tell it.
        """The end mark."""
        return DONE_EVENT


def py_bytes(reply: Reply) -> Encoder:  # noqa: ARG001 - Every encoder is made of a reply.
    """`data: b'...'`."""
    return Plain(lambda text: b"data: " + repr(text.encode()).encode() + b"\n\n")


def raw_delta(reply: Reply) -> Encoder:  # noqa: ARG001 - Every encoder is made of a reply.
    """`data: text`; a newline becomes a second data line, as the standard has it, and a CR becomes a newline."""
    return Plain(lambda text: _data_lines(text.encode()))


def json_ops(reply: Reply) -> Encoder:
    """`data: {"ops": [...]}`, after the patch that opens the log."""
    opened = {"op": "replace", "path": "", "value": {"id": reply.id, "streamed_output": [], "logs": {}}}
    return Plain(_json_op, b"data: " + orjson.dumps({"ops": [opened]}) + b"\n\n")


def py_repr(reply: Reply) -> Encoder:  # noqa: ARG001 - Every encoder is made of a reply.
    """`data: '...'`."""
    return Plain(lambda text: f"data: {text!r}\n\n".encode())


def agent_lines(reply: Reply) -> Encoder:  # noqa: ARG001 - Every encoder is made of a reply.
    """`data: '...'` among lines that tell an agent's steps."""
    return Plain(lambda text: f"data: {text!r}\n\n".encode(), b"--- CALL agent ---\n")


def _data_lines(text: bytes) -> bytes:
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"


def _json_op(text: str) -> bytes:
    op = {"op": "add", "path": "/logs/OpenAI/streamed_output/-", "value": text}
    return b"data: " + orjson.dumps({"ops": [op]}) + b"\n\n"


class RawText:
    """Text and nothing else; the end of the stream is its end mark."""

    def __init__(self, reply: Reply) -> None:
        del reply  # There is no place to say it.

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def text(self, text: str) -> bytes:
        """The text."""
        return text.encode()

    def tail(self, finish_reason: str) -> bytes:  # noqa: ARG002 - There is no place to say it.
        """Nothing."""
        return b""


class Ndjson:
    """Ollama's lines: chats carry a message, text completions a response."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._at = datetime.fromtimestamp(reply.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def text(self, text: str) -> bytes:
        """One line."""
        return self._line(text, {"done": False})

    def tail(self, finish_reason: str) -> bytes:
        """The line that is done, with its counts and times (in nanoseconds, of which a mock has none)."""
        usage = self._reply.usage or {}
        done: dict[str, Any] = {"done_reason": finish_reason, "done": True}
        if self._reply.kind != "chat":
            done = {"done": True, "done_reason": finish_reason}
        if finish_reason == "load":
            return self._line("", done)
        if self._reply.kind != "chat":
            done["context"] = list(range(1, usage.get("total_tokens", 0) + 1))
        counts = {
            "total_duration": 0,
            "load_duration": 0,
            "prompt_eval_count": usage.get("prompt_tokens", 0),
            "prompt_eval_duration": 0,
            "eval_count": usage.get("completion_tokens", 0),
            "eval_duration": 0,
        }
        return self._line("", done | counts)

    def _line(self, text: str, rest: dict[str, Any]) -> bytes:
        is_chat = self._reply.kind == "chat"
        said = {"message": {"role": "assistant", "content": text}} if is_chat else {"response": text}
        return orjson.dumps({"model": self._reply.model, "created_at": self._at, **said, **rest}) + b"\n"


class Tgi:
    """TGI's tokens; the last one carries the whole text."""

    def __init__(self, reply: Reply) -> None:
        del reply  # There is no place to say it.
        self._texts: list[str] = []

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def text(self, text: str) -> bytes:
        """One token."""
        self._texts.append(text)
        return self._token(text, is_special=False, last={"generated_text": None, "details": None})

    def tail(self, finish_reason: str) -> bytes:
        """The token that ends the text."""
        details = {
            "finish_reason": "eos_token" if finish_reason == "stop" else finish_reason,
            "generated_tokens": len(self._texts),
            "seed": None,
        }
        return self._token(
            "</s>", is_special=True, last={"generated_text": "".join(self._texts), "details": details}
        )

    def _token(self, text: str, *, is_special: bool, last: dict[str, Any]) -> bytes:
        index = len(self._texts) + is_special
        token = {"id": index, "text": text, "logprob": 0.0, "special": is_special}
        return b"data:" + orjson.dumps({"index": index, "token": token, **last}) + b"\n\n"
