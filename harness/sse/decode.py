"""What an event says, dialect by dialect.

Sources of the dialects: GenAIComps 8130a3f, the files named at each decoder.
"""

import ast
import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from harness.sse.events import Event, Malformed
from harness.sse.lines import SAMPLE_BYTES

DONE = b"[DONE]"
FINISH_REASONS = {"eos_token": "stop", "stop_sequence": "stop"}  # TGI's words in OpenAI's.


@dataclass(slots=True)  # Not frozen, for the same reason as Event.
class Delta:
    """What one event adds: mostly text; or the reason to finish, the end mark, an error, or that it is malformed.

    `note` is what is told beside the text (an agent's steps, a model's thoughts), `usage` the server's own count of tokens.
    """

    event: Event
    text: str = ""
    finish_reason: str | None = None
    is_end: bool = False
    error: str | None = None
    malformed: Malformed | None = None
    role: str | None = None
    usage: Mapping[str, Any] | None = None
    note: str = ""


class Decoder(Protocol):
    """Reads the events of one stream, in order."""

    def decode(self, event: Event) -> Delta:
        """What this event says."""

    def finish(self) -> str | None:
        """What is wrong with what remains at the end of the stream, or None."""


class Stateless:
    """A decoder to which each event says all by itself."""

    __slots__ = ("decode",)

    def __init__(self, decode: Callable[[Event], Delta]) -> None:
        self.decode = decode

    def finish(self) -> str | None:
        """Nothing remains."""
        return None


def malformed(event: Event, why: str) -> Delta:
    """The delta that says what is wrong with this event."""
    return Delta(event, malformed=Malformed(why, event.index, event.offset, event.data[:SAMPLE_BYTES]))


def error_text(error: object) -> str:
    """The words of an error as servers send it: a string, or an object with a message."""
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail") or error
    return error if isinstance(error, str) else orjson.dumps(error).decode()


def error_of(data: bytes) -> str:
    """The words of an event named error, whatever its data are."""
    try:
        said = orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode(errors="replace")
    return error_text(said.get("error", said) if isinstance(said, dict) else said)


def openai(event: Event) -> Delta:
    """OpenAI's chunks of chat and of text completions; choice 0 is the text (llms, vLLM, TGI, Ollama)."""
    if event.data == DONE:
        return Delta(event, is_end=True)
    try:
        chunk = orjson.loads(event.data)
    except orjson.JSONDecodeError as wrong:
        return malformed(event, f"the data is no JSON ({wrong})")
    if not isinstance(chunk, dict):
        return malformed(event, "the data is no JSON object")
    if chunk.get("error"):
        return Delta(event, error=error_text(chunk["error"]))
    choices, usage = chunk.get("choices"), chunk.get("usage")
    if not choices:
        return Delta(event, usage=usage) if choices == [] else malformed(event, "the chunk has no choices")
    return _openai_choice(event, choices[0], usage)


def _openai_choice(event: Event, choice: Any, usage: Mapping[str, Any] | None) -> Delta:
    if not isinstance(choice, dict):
        return malformed(event, "the choice is no JSON object")
    if choice.get("index"):  # A further choice of several: not part of this text.
        return Delta(event, usage=usage)
    delta, role, note = choice.get("delta"), None, None
    if isinstance(delta, dict):
        text, role = delta.get("content"), delta.get("role")
        note = delta.get("reasoning_content") or delta.get("reasoning")
    elif "text" in choice:
        text = choice["text"]
    else:
        return malformed(event, "the choice has neither delta nor text")
    if text is not None and not isinstance(text, str):
        return malformed(event, "the content is no string")
    said_beside = note if isinstance(note, str) else ""
    return Delta(event, text or "", choice.get("finish_reason"), role=role, usage=usage, note=said_beside)


def raw_delta(event: Event) -> Delta:
    """The text itself (llms text-generation: ovms.py, predictionguard.py; third_parties ipex)."""
    if event.data == DONE:
        return Delta(event, is_end=True)
    try:
        return Delta(event, event.data.decode())
    except UnicodeDecodeError as wrong:
        return malformed(event, f"the data is no UTF-8 ({wrong.reason})")


class PyBytes:
    """The Python repr of bytes (lvms tgi_llava.py and vllm.py, cores/mega/orchestrator.py, the megaservices).

    The bytes of one character may be spread over several events.
    """

    __slots__ = ("_utf8",)

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    def decode(self, event: Event) -> Delta:
        """The bytes that the literal stands for, as text."""
        data = event.data
        if data == DONE:
            return Delta(event, is_end=True)
        if data[:2] not in (b"b'", b'b"'):
            return malformed(event, "the data is no Python bytes literal")
        try:
            content = data[2:-1] if _is_plain(data) else ast.literal_eval(data.decode("ascii"))
            return Delta(event, self._utf8.decode(content))
        except UnicodeDecodeError as wrong:
            self._utf8.reset()
            return malformed(event, f"the literal holds no {wrong.encoding} ({wrong.reason})")
        except (ValueError, SyntaxError):
            return malformed(event, "the data is no Python bytes literal")

    def finish(self) -> str | None:
        """Bytes of a character that never became whole."""
        return _rest(self._utf8)


def _is_plain(literal: bytes) -> bool:
    """Whether a literal of bytes needs no parser, which costs more than all else: no escape, quotes only around it."""
    quote = literal[1:2]
    is_simple = literal.isascii() and b"\\" not in literal and b"\n" not in literal
    return is_simple and literal.find(quote, 2) == len(literal) - 1


class RawText:
    """Text without any framing (lvms video_llama.py, third_parties video-llama); the end of the stream ends it."""

    __slots__ = ("_utf8",)

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    def decode(self, event: Event) -> Delta:
        """The chunk as text; a character cut by its end comes with the next."""
        try:
            return Delta(event, self._utf8.decode(event.data))
        except UnicodeDecodeError as wrong:
            self._utf8.reset()
            return malformed(event, f"the chunk is no UTF-8 ({wrong.reason})")

    def finish(self) -> str | None:
        """Bytes of a character that never became whole."""
        return _rest(self._utf8)


def _rest(utf8: codecs.IncrementalDecoder) -> str | None:
    rest = utf8.getstate()[0]
    return f"the stream ended inside a character, after the bytes {rest!r}" if rest else None


def json_ops(event: Event) -> Delta:
    """LangChain's log patches (llms doc-summarization/common.py, faq-generation): text is what an LLM's log gains."""
    if event.data == DONE:
        return Delta(event, is_end=True)
    try:
        ops = orjson.loads(event.data)["ops"]
        added = [op["value"] for op in ops if op["op"] == "add" and _is_output(op["path"])]
    except (ValueError, KeyError, TypeError):
        return malformed(event, "the data is no list of JSON patch operations under ops")
    return Delta(event, "".join(value for value in added if isinstance(value, str)))


def _is_output(path: str) -> bool:
    return path.startswith("/logs/") and path.endswith("/streamed_output/-")


def py_repr(event: Event) -> Delta:
    """The Python repr of a string, which is text, or of an object, which is a note (agent planner.py)."""
    if event.data == DONE:
        return Delta(event, is_end=True)
    try:
        source = event.data.decode()
    except UnicodeDecodeError as wrong:
        return malformed(event, f"the data is no UTF-8 ({wrong.reason})")
    if source[:1] not in ("'", '"'):  # The repr of a state with messages in it is no literal.
        return Delta(event, note=source)
    try:
        return Delta(event, ast.literal_eval(source))
    except (ValueError, SyntaxError):
        return malformed(event, "the data is no Python string literal")


def agent_lines(event: Event) -> Delta:
    """An agent's log: `--- CALL node ---`, `key: value`, `Calling Tool: ...`; `data: <repr>` holds the text."""
    if event.data.startswith(b"data: "):
        spoken = Event(event.index, event.offset, event.end, event.received_ns, event.data[6:])
        return py_repr(spoken)
    return Delta(event, note=event.data.decode(errors="replace"))


def ndjson(event: Event) -> Delta:
    """Ollama's lines: `/api/chat` says message.content, `/api/generate` says response; done ends the stream."""
    try:
        line = orjson.loads(event.data)
    except orjson.JSONDecodeError as wrong:
        return malformed(event, f"the line is no JSON ({wrong})")
    if not isinstance(line, dict):
        return malformed(event, "the line is no JSON object")
    if line.get("error"):
        return Delta(event, error=error_text(line["error"]))
    message = line.get("message")
    text = message.get("content") if isinstance(message, dict) else line.get("response")
    if not isinstance(text, str) or not isinstance(line.get("done"), bool):
        return malformed(event, "the line lacks its text or done")
    if not line["done"]:
        return Delta(event, text)
    usage = {
        "prompt_tokens": line.get("prompt_eval_count", 0),
        "completion_tokens": line.get("eval_count", 0),
    }
    return Delta(event, text, line.get("done_reason", "stop"), is_end=True, usage=usage)


def tgi(event: Event) -> Delta:
    """TGI's `/generate_stream`: token.text; the token with generated_text is the last."""
    try:
        chunk = orjson.loads(event.data)
    except orjson.JSONDecodeError as wrong:
        return malformed(event, f"the data is no JSON ({wrong})")
    if isinstance(chunk, dict) and chunk.get("error"):
        return Delta(event, error=error_text(chunk["error"]))
    token = chunk.get("token") if isinstance(chunk, dict) else None
    if not isinstance(token, dict) or not isinstance(token.get("text"), str):
        return malformed(event, "the chunk has no token with a text")
    text = "" if token.get("special") else token["text"]
    if chunk.get("generated_text") is None:
        return Delta(event, text)
    details = chunk.get("details") or {}
    reason = details.get("finish_reason", "stop")
    usage = {"completion_tokens": details["generated_tokens"]} if "generated_tokens" in details else None
    return Delta(event, text, FINISH_REASONS.get(reason, reason), is_end=True, usage=usage)
