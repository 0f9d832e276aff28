"""Summaries and questions with answers of a text; both stream LangChain's log patches."""

import re
from collections.abc import Sequence
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Stream, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest, DocSumChatCompletionRequest
from harness.opea.proto.generation import GeneratedDoc
from mocks._laws import silent
from mocks._speech import heard, split
from mocks._text import NONCE, repeated, topics
from mocks.llms._patches import patches

SUMMARY_TYPES = ("auto", "stuff", "truncate", "map_reduce", "refine")
LANGUAGES = ("auto", "en", "zh")
# What upstream's settings leave by default for a text and its summary, and keep for the prompt around both.
TOTAL_TOKENS, INPUT_TOKENS, PROMPT_TOKENS = 4096, 2048, 256
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
    said = " ".join(_new(text)[:SENTENCES_MAX])
    return _said(request, text, said, request.summary_type)


def ask_and_answer(request: ChatCompletionRequest, world: World) -> GeneratedDoc | Stream:
    """A question for each of the first sentences, and the sentence as its answer."""
    text = _text(request)
    pairs = [f"Q: What about {' '.join(topics(each)[:3])}?\nA: {each}" for each in _new(text)[:SENTENCES_MAX]]
    return _said(request, text, "\n\n".join(pairs))


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


def _said(
    request: ChatCompletionRequest, prompt: str, text: str, kind: str = "stuff"
) -> GeneratedDoc | Stream:
    tokens = split(text + repeated(prompt))[: request.max_tokens]
    if request.stream and kind != "map_reduce":
        return patches(tokens, prompt, refines=kind == "refine")
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


def _found(body: Any) -> Any:
    """The text that upstream finds: the whole, or what its last user with content said; None without any."""
    messages = body["messages"]
    if isinstance(messages, str):
        return messages
    said = [each["content"] for each in messages if each.get("role") == "user" and "content" in each]
    return said[-1] if said else None


def _no_user(body: Any) -> bool:
    """Whether upstream finds no text: none of a user with content, or parts of one as its last."""
    return not isinstance(_found(body), str)


def _no_room(body: Any) -> bool:
    """Whether upstream cannot cut a text: no room is left for it, pieces overlap by more than they hold, or it is empty."""
    kind, limit = body.get("summary_type"), body.get("max_tokens", 1024)
    if kind not in ("truncate", "map_reduce", "refine") or limit is None:
        return kind in ("truncate", "map_reduce", "refine")
    summaries = 2 if kind == "refine" else 1  # A refined one is read again.
    room = min(
        TOTAL_TOKENS - summaries * limit - PROMPT_TOKENS,
        INPUT_TOKENS - (summaries - 1) * limit - PROMPT_TOKENS,
    )
    size, overlap = body.get("chunk_size", -1), body.get("chunk_overlap", -1)
    is_empty = kind != "map_reduce" and not str(_found(body)).strip()
    return room <= 0 or overlap > (min(size, room) if size > 0 else room) or is_empty


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
    lambda body: _found(body) == "",
    200,
    taken_as=lambda body: {**body, "messages": " "},
)
NO_ROOM = Deviation(
    "no-room",
    "a text that cannot be cut into pieces, because no room is left or there is nothing of it, is an internal error",
    _no_room,
    500,
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
            handler="llm_generate",
            known=(BAD_WORD, NO_USER, NO_ROOM, NO_TEXT),
            notes=(
                "the log is that of the component over vLLM; over TGI it tells less of the model's result",
            ),
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
            handler="llm_generate",
            known=(NO_USER, NO_TEXT),
        ),
    ),
)
