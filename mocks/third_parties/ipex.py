"""IPEX: a chat on OpenAI's path, to a list of texts that is not OpenAI's, or to a stream of plain text."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Stream, Variant, World
from harness.sse import Reply
from mocks._speech import Limit, Speech, heard, said, speak, streamed

SOURCE = "comps/third_parties/ipex/src/ipex_inference.py, openai_protocol.py"
MODEL = "meta-llama/Llama-3.2-3B-Instruct"
SEED_MAX = 2**63 - 1
Part = str | dict[str, str]
Messages = str | list[dict[str, str]] | list[dict[str, str | list[dict[str, Part]]]]


class Format(BaseModel):
    """Which form an answer should have."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text", "json_object"]


class Chat(BaseModel):
    """A chat with all of OpenAI's and vLLM's fields, most of them of no effect; any other is refused."""

    model_config = ConfigDict(extra="forbid")

    messages: Messages
    model: str
    frequency_penalty: float | None = 0.0
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = False
    top_logprobs: int | None = None
    max_tokens: int | None = None
    n: int | None = 1
    presence_penalty: float | None = 0.0
    response_format: Format | None = None
    seed: int | None = Field(None, ge=-SEED_MAX - 1, le=SEED_MAX)
    stop: str | list[str] | None = []
    stream: bool | None = False
    temperature: float | None = 0.7
    top_p: float | None = 1.0
    user: str | None = None
    best_of: int | None = None
    use_beam_search: bool | None = False
    top_k: int | None = -1
    min_p: float | None = 0.0
    repetition_penalty: float | None = 1.0
    length_penalty: float | None = 1.0
    early_stopping: bool | None = False
    ignore_eos: bool | None = False
    min_tokens: int | None = 0
    stop_token_ids: list[int] | None = []
    skip_special_tokens: bool | None = True
    spaces_between_special_tokens: bool | None = True
    echo: bool | None = False
    add_generation_prompt: bool | None = True
    include_stop_str_in_output: bool | None = False
    guided_json: str | dict[Any, Any] | BaseModel | None = None
    guided_regex: str | None = None
    guided_choice: list[str] | None = None
    guided_grammar: str | None = None
    guided_decoding_backend: str | None = None
    guided_whitespace_pattern: str | None = None


def chat(request: Chat, world: World) -> list[str] | Stream:
    """The question and its answer as one text, which is what the model's ids decode to."""
    if request.max_tokens is not None and request.max_tokens < 1:
        raise Refusal(400, f"max_tokens: is {request.max_tokens}; an answer has one token at least")
    asked = _asked(request.messages)
    if not isinstance(asked, str):
        raise Refusal(400, "messages: hold no user's text last")
    speech = _spoken(asked, request)
    return streamed("raw_delta", speech, Reply()) if request.stream else [speech.text]


def _asked(messages: Any) -> Any:
    """What the last user said; parts of text are no text to this server."""
    if isinstance(messages, str):
        return messages
    said_last = [each["content"] for each in messages if each.get("role") == "user" and "content" in each]
    return said_last[-1] if said_last else None


def _spoken(question: str, request: Chat) -> Speech:
    context = () if isinstance(request.messages, str) else heard(request.messages)[1]
    answer = speak(question, context, Limit(request.max_tokens))
    return said(f"{question} {answer.text}".strip(), question, context)


def _is_unanswered(body: Any) -> bool:
    limit = body.get("max_tokens")
    return (limit is not None and limit < 1) or not isinstance(_asked(body["messages"]), str)


NO_TEXT = Deviation(
    "no-text",
    "a chat without a user's text, and a limit below 1, are an internal error",
    lambda body: _is_unanswered(body) and not body.get("stream"),
    500,
    instead_of=400,
)
NO_STREAM = Deviation(
    "no-stream",
    "in a stream they are one that says nothing and breaks off; a mock's ends",
    lambda body: _is_unanswered(body) and bool(body.get("stream")),
    200,
    b"",
    "text/event-stream; charset=utf-8",
    instead_of=400,
)


def _one_text(request: Any, reply: Any) -> str | None:
    texts = reply if isinstance(reply, list) else [reply["text"]]
    return None if len(texts) == 1 and texts[0] else f"the reply holds {len(texts)} texts, or an empty one"


QUESTION = "What is Deep Learning?"
ASKED = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION}], "max_tokens": 32}

COMP = Comp(
    id="third_parties.ipex",
    title="ipex-llm",
    port=8688,
    service_type="LLM",
    image="opea/ipex-llm:latest",
    framework=False,
    statistics=False,
    ready="/openapi.json",
    endpoints=(
        Endpoint(
            "/v1/chat/completions",
            chat,
            variants=(
                Variant(
                    "chat",
                    Chat,
                    list[str],
                    examples=(
                        Example("messages", ASKED),
                        Example("string", {"model": MODEL, "messages": QUESTION, "temperature": 0.5}),
                        Example("streamed", {**ASKED, "stream": True}, stream=True),
                        Example("unknown-field", {**ASKED, "more": 1}, status=422),
                        Example("no-model", {"messages": QUESTION}, status=422),
                        Example("no-user", {**ASKED, "messages": []}, status=400),
                        Example("no-tokens", {**ASKED, "max_tokens": 0}, status=400),
                    ),
                    laws=(Law("one-text", "the reply is one text that says something", _one_text),),
                    dialect="raw_delta",
                    streams={"stream": True},
                ),
            ),
            evidence="executed",
            declares=Any,
            source=SOURCE,
            known=(NO_TEXT, NO_STREAM),
            notes=(
                "the reply is a list of strings, no object of OpenAI's; the question stands in it",
                "upstream's stream is the whole text in one event; here a token each",
            ),
        ),
    ),
)
