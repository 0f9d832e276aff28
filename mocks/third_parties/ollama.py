"""Ollama: its own routes, which stream lines of JSON unless told otherwise, and OpenAI's."""

from dataclasses import replace
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from harness.comp import Binary, Comp, Endpoint, Example, Law, Stream, Variant, World
from harness.sse import DIALECTS, Reply
from mocks._any_type import ANY_TYPE
from mocks._speech import CREATED_S, Limit, Speech, heard, speak, stops, streamed
from mocks.third_parties._ollama_openai import OWN_JSON
from mocks.third_parties._ollama_openai import endpoints as openai_endpoints
from mocks.third_parties._server import MESSAGES, QUESTION, Server, page

SOURCE = "ollama/ollama, server/routes.go and openai/openai.go"
MODEL = "llama3.2:1b"
SERVER = Server("library", MODEL, "fp_ollama", 'model "{model}" not found, try pulling it first', "api_error")


class Options(BaseModel):
    """How to generate; a negative num_predict sets no limit."""

    num_predict: int | None = None
    stop: list[str] | None = None


class Message(BaseModel):
    """What somebody says in a chat."""

    role: str | None = ""
    content: str | None = ""


class Chat(BaseModel):
    """A chat; without messages the model is loaded, and that is all."""

    model: str
    messages: list[Message | None] | None = None
    stream: bool | None = True
    options: Options | None = None


class Generate(BaseModel):
    """A prompt to be continued; without one the model is loaded, and that is all."""

    model: str | None = ""
    prompt: str | None = ""
    system: str | None = None
    stream: bool | None = True
    options: Options | None = None


class Line(BaseModel):
    """The last line of a stream, or a reply that is not streamed; durations are nanoseconds."""

    model: str
    created_at: str
    message: dict[str, Any] | None = None
    response: str | None = None
    done: Literal[True]
    done_reason: Literal["stop", "length"]
    context: list[int] | None = None
    prompt_eval_count: int
    eval_count: int


class Loaded(BaseModel):
    """That the model is there, where nothing was asked of it."""

    model: str
    created_at: str
    message: dict[str, Any] | None = None
    response: str | None = None
    done: Literal[True]
    done_reason: Literal["load"]


class Tag(BaseModel):
    """One model that was pulled."""

    name: str
    model: str
    modified_at: str
    size: int
    digest: str
    details: dict[str, Any]


class Tags(BaseModel):
    """The models that were pulled."""

    models: list[Tag]


def chat(request: Chat, world: World) -> dict[str, Any] | Stream | Binary:
    """Answer a chat out of what its messages say."""
    if not request.messages:
        return _answer(request, None, world)
    question, context = heard([(each or Message()).model_dump() for each in request.messages])
    return _answer(request, speak(question, context, _limit(request.options)), world)


def generate(request: Generate, world: World) -> dict[str, Any] | Stream | Binary:
    """Continue a prompt out of what it and its system text say."""
    if not request.prompt:
        return _answer(request, None, world)
    context = (request.system or "").splitlines()
    return _answer(request, speak(request.prompt, context, _limit(request.options)), world)


def tags(request: None, world: World) -> Tags:
    """The one model that is there."""
    name = world.settings.get("LLM_MODEL_ID", MODEL)
    details = {
        "parent_model": "",
        "format": "gguf",
        "family": "llama",
        "families": ["llama"],
        "parameter_size": "1.2B",
        "quantization_level": "Q8_0",
    }
    tag = Tag(
        name=name,
        model=name,
        modified_at="2023-11-14T22:13:20Z",
        size=1321098329,
        digest="0" * 64,
        details=details,
    )
    return Tags(models=[tag])


def running(request: None, world: World) -> Binary:
    """The page that says that the server is there."""
    return Binary(b"Ollama is running", "text/plain; charset=utf-8")


def version(request: None, world: World) -> dict[str, str]:
    """The server's version."""
    return {"version": "0.9.6"}


def _limit(options: Options | None) -> Limit:
    asked = options.num_predict if options else None
    return Limit(
        asked if asked is not None and asked >= 0 else None, stops(options.stop if options else None)
    )


def _answer(
    request: Chat | Generate, speech: Speech | None, world: World
) -> dict[str, Any] | Stream | Binary:
    """What is said, streamed or whole, or that the model is loaded."""
    model = request.model or ""
    kind: Literal["chat", "text"] = "chat" if isinstance(request, Chat) else "text"
    if not model or SERVER.missing(model, world) is not None:
        words = (
            f'model "{model}" not found, try pulling it first'
            if kind == "chat"
            else f"model '{model}' not found"
        )
        return _error(words, 404)
    reply = Reply(model=model, created=CREATED_S, kind=kind, usage=speech.usage if speech else None)
    if speech and request.stream is not False:
        return streamed("ndjson", speech, reply)
    line: dict[str, Any] = orjson.loads(
        DIALECTS["ndjson"].encoder(reply).tail(speech.finish_reason if speech else "load")
    )
    text = speech.text if speech else ""
    said = {"message": {"role": "assistant", "content": text}} if kind == "chat" else {"response": text}
    return line | said


def _error(words: str, status: int = 400) -> Binary:
    return Binary(orjson.dumps({"error": words}), OWN_JSON, status)


def _says_something(request: Any, reply: Any) -> str | None:
    text = reply.get("text") or reply.get("response") or (reply.get("message") or {}).get("content")
    options = request.get("options") or {}
    ends_at_once = options.get("num_predict") == 0 or "" in (options.get("stop") or ())
    # What the limit cut may have been no text yet.
    is_silent = reply.get("done_reason") in ("load", "length")
    return None if text or ends_at_once or is_silent else "the answer is empty"


LAWS = (Law("not-empty", "an answer that was not cut says something", _says_something),)


def _endpoint(path: str, answer: Any, request: Any, asked: dict[str, Any], no_model: int) -> Endpoint:
    """One of its own routes; `no_model` is the status of what names none."""
    key = next(name for name in asked if name != "model")
    variant = Variant(
        "lines",
        request,
        Line | Loaded,
        examples=(
            Example("whole", {**asked, "stream": False}, {"done": True}),
            Example("streams-by-default", asked, stream=True),
            Example("load", {"model": MODEL, "stream": False}, {"done_reason": "load"}),
            Example("no-model", {key: asked[key]}, status=no_model),
        ),
        laws=LAWS,
        dialect="ndjson",
        streams={"stream": True},
    )
    return Endpoint(path, answer, (variant,), evidence="executed", source=SOURCE, refuses=_error)


COMP = Comp(
    id="third_parties.ollama",
    title="ollama",
    port=11434,
    service_type="LLM",
    image="ollama/ollama",
    framework=False,
    statistics=False,
    validation_status=400,
    ready="/api/tags",
    known_of_image={
        "image.user": "Ollama's own image runs as root",
        "stop.in-flight": "Ollama ends at SIGTERM without answering what it is being asked",
    },
    endpoints=tuple(
        replace(
            each,
            known=(ANY_TYPE,) if each.method == "POST" else (),
            evidence="executed",
            reply_type=OWN_JSON if each.path.startswith("/api") else each.reply_type,
        )
        for each in (
            _endpoint("/api/chat", chat, Chat, {"model": MODEL, "messages": MESSAGES}, 400),
            _endpoint("/api/generate", generate, Generate, {"model": MODEL, "prompt": QUESTION}, 404),
            page("/api/tags", tags, Tags, {"models": [{"details": {"format": "gguf"}}]}, SOURCE),
            page("/api/version", version, dict[str, str], None, SOURCE),
            page("/", running, bytes, None, SOURCE),
            *openai_endpoints(SERVER, SOURCE),
        )
    ),
)
