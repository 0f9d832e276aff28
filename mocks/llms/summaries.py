"""Summaries and questions with answers of a text; both stream LangChain's log patches."""

import re
from collections.abc import Sequence
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Stream, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest, DocSumChatCompletionRequest
from harness.opea.proto.generation import GeneratedDoc
from harness.sse import Reply
from mocks._laws import silent
from mocks._speech import Speech, heard, split, streamed
from mocks._text import NONCE, repeated, topics

SUMMARY_TYPES = ("auto", "stuff", "truncate", "map_reduce", "refine")
LANGUAGES = ("auto", "en", "zh")
SENTENCES_MAX = 3  # A mock's summary is the first sentences that say something new.

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def summarise(request: DocSumChatCompletionRequest, world: World) -> GeneratedDoc | Stream:
    """The first sentences of the text that say something new; `map_reduce` never streams."""
    for name, given, known in (
        ("summary_type", request.summary_type, SUMMARY_TYPES),
        ("language", request.language, LANGUAGES),
    ):
        if given not in known:
            raise Refusal(400, f"{name}: is {given!r}; it is one of {', '.join(known)}")
    text = _text(request)
    return _said(
        request, text, " ".join(_new(text)[:SENTENCES_MAX]), streams=request.summary_type != "map_reduce"
    )


def ask_and_answer(request: ChatCompletionRequest, world: World) -> GeneratedDoc | Stream:
    """A question for each of the first sentences, and the sentence as its answer."""
    text = _text(request)
    pairs = [f"Q: What about {' '.join(topics(each)[:3])}?\nA: {each}" for each in _new(text)[:SENTENCES_MAX]]
    return _said(request, text, "\n\n".join(pairs), streams=True)


def _text(request: ChatCompletionRequest) -> str:
    messages = request.messages
    text = messages if isinstance(messages, str) else heard(messages)[0]
    if not text:
        raise Refusal(400, "messages: hold no user's text; there is nothing to work on")
    return text


def _new(text: str) -> Sequence[str]:
    """The sentences that are about something no sentence before them was about."""
    known: set[str] = set()
    kept: list[str] = []
    for sentence in _SENTENCE_END.split(" ".join(NONCE.sub(" ", text).split())):
        about = set(topics(sentence))
        if about - known or not kept:
            kept.append(sentence)
        known |= about
    return kept


def _said(request: ChatCompletionRequest, prompt: str, text: str, *, streams: bool) -> GeneratedDoc | Stream:
    tokens = split(text + repeated(prompt))[: request.max_tokens]
    if request.stream and streams:
        return streamed("json_ops", Speech("", tokens, len(split(prompt))), Reply())
    return GeneratedDoc(text="".join(tokens), prompt=prompt)


def _keeps_prompt(request: Any, reply: Any) -> str | None:
    asked, prompt = request["messages"], reply.get("prompt")
    if prompt is None or not isinstance(asked, str) or prompt == asked:
        return None
    return f"prompt: is {prompt[:40]!r}, which was not asked"


LAWS = (
    Law("not-empty", "an answer says something", silent),
    Law("keeps-prompt", "the prompt is the text that was asked about", _keeps_prompt),
)
TEXT = "Trams run on rails. Rails are steel. Trams run on rails. A tram needs current from a wire above it."
USER = [{"role": "user", "content": TEXT}]


def _no_user(body: Any) -> bool:
    """Whether upstream finds no text: none of a user with content, or parts of one as its last."""
    messages = body["messages"]
    said = [each["content"] for each in messages if each.get("role") == "user" and "content" in each]
    return isinstance(messages, list) and (not said or not isinstance(said[-1], str))


def _bad_word(body: Any) -> bool:
    return (
        body.get("summary_type", "auto") not in SUMMARY_TYPES or body.get("language", "auto") not in LANGUAGES
    )


NO_USER = Deviation(
    "no-user", "messages without a user's, or with one in parts, are an internal error", _no_user, 500
)
NO_TEXT = Deviation(
    "no-text",
    "an empty text is worked on as any other",
    lambda body: body["messages"] == "" and not body.get("stream"),
    200,
    b'{"id":"00000000000000000000000000000000","text":"","prompt":"","output_guardrail_params":null}',
    "application/json",
    instead_of=400,
)
BAD_WORD = Deviation("bad-word", "an unknown summary_type or language is an internal error", _bad_word, 500)


def _variant(request: Any, *more: Example) -> Variant:
    return Variant(
        "text",
        request,
        GeneratedDoc,
        examples=(
            Example("string", {"messages": TEXT}, {"prompt": TEXT}),
            Example("messages", {"messages": USER, "max_tokens": 5}, {"prompt": TEXT}),
            Example("streamed", {"messages": TEXT, "stream": True}, stream=True),
            Example("no-user", {"messages": []}, status=400),
            *more,
        ),
        laws=LAWS,
        dialect="json_ops",
        streams={"stream": True},
    )


def _comp(name: str, title: str, image: str, endpoint: Endpoint) -> Comp:
    return Comp(
        id=f"llms.{name}",
        title=f"opea_service@{title}",
        port=9000,
        service_type="LLM",
        image=f"opea/{image}:latest",
        needs={"LLM_ENDPOINT": "third_parties.tgi"},
        endpoints=(endpoint,),
    )


COMPS = (
    _comp(
        "doc_summarization",
        "llm_docsum",
        "llm-docsum",
        Endpoint(
            "/v1/docsum",
            summarise,
            (
                _variant(
                    DocSumChatCompletionRequest,
                    Example(
                        "never-streams", {"messages": TEXT, "stream": True, "summary_type": "map_reduce"}
                    ),
                    Example("bad-type", {"messages": TEXT, "summary_type": "short"}, status=400),
                ),
            ),
            evidence="executed",
            declares=Any,
            source="comps/llms/src/doc-summarization/opea_docsum_microservice.py",
            known=(BAD_WORD, NO_USER, NO_TEXT),
        ),
    ),
    _comp(
        "faq_generation",
        "llm_faqgen",
        "llm-faqgen",
        Endpoint(
            "/v1/faqgen",
            ask_and_answer,
            (_variant(ChatCompletionRequest),),
            evidence="executed",
            declares=Any,
            source="comps/llms/src/faq-generation/opea_faqgen_microservice.py",
            known=(NO_USER, NO_TEXT),
        ),
    ),
)
