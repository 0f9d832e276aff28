"""Ollama: its own routes, which stream lines of JSON unless told otherwise, and OpenAI's."""

from dataclasses import replace
from typing import Any, Literal

import orjson
from pydantic import BaseModel, Field

from harness.comp import Binary, Comp, Deviation, Endpoint, Example, Law, Stream, Variant, World
from harness.sse import DIALECTS, Reply
from mocks._speech import CREATED_S, Limit, Speech, heard, speak, stops, streamed
from mocks.third_parties._server import MESSAGES, QUESTION, Server, page

SOURCE = "ollama/ollama, server/routes.go and openai/openai.go"
MODEL = "llama3.2:1b"
SERVER = Server("library", MODEL, "fp_ollama", 'model "{model}" not found, try pulling it first')


class Options(BaseModel):
    """How to generate; a negative num_predict sets no limit."""

    num_predict: int | None = None
    stop: list[str] | None = None


class Chat(BaseModel):
    """A chat."""

    model: str
    messages: list[dict[str, Any]] = Field(default=[])
    stream: bool | None = True
    options: Options | None = None


class Generate(BaseModel):
    """A prompt to be continued."""

    model: str
    prompt: str = ""
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
    prompt_eval_count: int
    eval_count: int


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
    question, context = heard(request.messages)
    return _answer(request, speak(question, context, _limit(request.options)), world)


def generate(request: Generate, world: World) -> dict[str, Any] | Stream | Binary:
    """Continue a prompt out of what it and its system text say."""
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
    return {"version": "0.5.7"}


def _limit(options: Options | None) -> Limit:
    asked = options.num_predict if options else None
    return Limit(
        asked if asked is not None and asked >= 0 else None, stops(options.stop if options else None)
    )


def _answer(request: Chat | Generate, speech: Speech, world: World) -> dict[str, Any] | Stream | Binary:
    if SERVER.missing(request.model, world) is not None:
        body = {"error": f"model '{request.model}' not found"}
        return Binary(orjson.dumps(body), "application/json", 404)
    kind: Literal["chat", "text"] = "chat" if isinstance(request, Chat) else "text"
    reply = Reply(model=request.model, created=CREATED_S, kind=kind, usage=speech.usage)
    if request.stream is not False:
        return streamed("ndjson", speech, reply)
    line: dict[str, Any] = orjson.loads(DIALECTS["ndjson"].encoder(reply).tail(speech.finish_reason))
    said = (
        {"message": {"role": "assistant", "content": speech.text}}
        if kind == "chat"
        else {"response": speech.text}
    )
    return line | said


def _says_something(request: Any, reply: Any) -> str | None:
    text = reply.get("text") or reply.get("response") or (reply.get("message") or {}).get("content")
    is_wanted = (request.get("options") or {}).get("num_predict") != 0
    return "the answer is empty" if is_wanted and not text else None


LAWS = (Law("not-empty", "an answer says something", _says_something),)


def _endpoint(path: str, answer: Any, request: Any, asked: dict[str, Any]) -> Endpoint:
    variant = Variant(
        "lines",
        request,
        Line,
        examples=(
            Example("whole", {**asked, "stream": False}, {"done": True, "done_reason": "stop"}),
            Example("streams-by-default", asked, stream=True),
            Example("no-model", {key: asked[key] for key in asked if key != "model"}, status=400),
        ),
        laws=LAWS,
        dialect="ndjson",
        streams={"stream": True},
    )
    return Endpoint(path, answer, (variant,), evidence="source-only", source=SOURCE)


def _is_untyped(body: Any) -> bool:
    """Is it text that would be a request, if it were said to be JSON?"""
    return isinstance(body, str) and body.startswith("{")


SAID = {"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}
ANY_TYPE = Deviation(
    "any-content-type",
    "JSON is taken for JSON whatever type it is said to be",
    _is_untyped,
    200,
    orjson.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": CREATED_S,
            "model": MODEL,
            "choices": [SAID],
        }
    ),
    "application/json",
)

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
    endpoints=(
        _endpoint("/api/chat", chat, Chat, {"model": MODEL, "messages": MESSAGES}),
        _endpoint("/api/generate", generate, Generate, {"model": MODEL, "prompt": QUESTION}),
        page("/api/tags", tags, Tags, {"models": [{"details": {"format": "gguf"}}]}, SOURCE),
        page("/api/version", version, dict[str, str], None, SOURCE),
        page("/", running, bytes, None, SOURCE),
        *(
            replace(each, known=(ANY_TYPE,)) if each.path == "/v1/chat/completions" else each
            for each in SERVER.endpoints(SOURCE)
        ),
    ),
)
