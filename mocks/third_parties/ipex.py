"""IPEX: a chat on OpenAI's path, to a list of texts that is not OpenAI's, or to a stream of plain text."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from harness.comp import Comp, Endpoint, Example, Law, Refusal, Stream, Variant, World
from harness.sse import Reply
from mocks._speech import Limit, Speech, heard, said, speak, streamed

SOURCE = "comps/third_parties/ipex/src/ipex_inference.py, openai_protocol.py"
MODEL = "meta-llama/Llama-3.2-3B-Instruct"
PASSED_OVER = frozenset(
    """add_generation_prompt best_of early_stopping echo frequency_penalty guided_choice guided_decoding_backend
    guided_grammar guided_json guided_regex guided_whitespace_pattern ignore_eos include_stop_str_in_output
    length_penalty logit_bias logprobs min_p min_tokens n presence_penalty repetition_penalty response_format seed
    skip_special_tokens spaces_between_special_tokens stop stop_token_ids temperature top_k top_logprobs top_p
    use_beam_search user""".split()  # noqa: SIM905 - prose is easier to keep sorted
)


class Chat(BaseModel):
    """A chat; a field that is not OpenAI's or vLLM's is refused, those without effect are not listed."""

    model_config = ConfigDict(extra="allow")

    messages: str | list[dict[str, Any]]
    model: str
    max_tokens: int | None = None
    stream: bool | None = False


def chat(request: Chat, world: World) -> list[str] | Stream:
    """The question and its answer as one text, which is what the model's ids decode to."""
    unknown = sorted(set(request.model_extra or {}) - PASSED_OVER)
    if unknown:
        raise Refusal(422, [_forbidden(name, (request.model_extra or {})[name]) for name in unknown])
    speech = _spoken(request)
    return streamed("raw_delta", speech, Reply()) if request.stream else [speech.text]


def _spoken(request: Chat) -> Speech:
    question, context = (
        (request.messages, ()) if isinstance(request.messages, str) else heard(request.messages)
    )
    if not question:
        raise Refusal(400, "messages: hold no user's message")
    limit = None if request.max_tokens is None else max(0, request.max_tokens)
    answer = speak(question, context, Limit(limit))
    return said(f"{question} {answer.text}".strip(), question, context)


def _forbidden(name: str, value: Any) -> dict[str, Any]:
    words = "Extra inputs are not permitted"
    return {"type": "extra_forbidden", "loc": ["body", name], "msg": words, "input": value}


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
                    ),
                    laws=(Law("one-text", "the reply is one text that says something", _one_text),),
                    dialect="raw_delta",
                    streams={"stream": True},
                ),
            ),
            evidence="source-only",
            source=SOURCE,
            notes=(
                "the reply is a list of strings, no object of OpenAI's; the question stands in it",
                "upstream's stream is the whole text in one event; here a token each",
            ),
        ),
    ),
)
