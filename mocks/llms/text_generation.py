"""Text generation: one path, four requests, two shapes of reply; the OVMS and native components answer in their own.

The shape of the request decides: a list of messages gets a chat completion, all else a text completion.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from harness.comp import Comp, Deviation, Dialect, Endpoint, Example, Refusal, Stream, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.generation import GeneratedDoc, LLMParamsDoc
from harness.opea.proto.searched import SearchedDoc
from harness.sse import Reply
from mocks._openai import LAWS, ChatCompletion, TextCompletion, chat_completion, text_completion, usage_of
from mocks._speech import CREATED_S, MODEL, Limit, Speech, heard, speak, stops, streamed
from mocks.llms._unfilled import KNOWN as UNFILLED

Request = LLMParamsDoc | ChatCompletionRequest | SearchedDoc

FOLDER = "comps/llms/src/text-generation"


def generate(
    request: Request, world: World, dialect: Dialect = "openai"
) -> ChatCompletion | TextCompletion | Stream:
    """Answer out of the request's documents; the request's own `model` is passed over, as upstream.

    In the dialect `raw_delta` it is OVMS that answers, whose replies are all those of chats.
    """
    speech, is_chat = _spoken(request)
    is_chat = is_chat or dialect == "raw_delta"
    model = world.settings.get("LLM_MODEL_ID", MODEL)
    if not isinstance(request, SearchedDoc) and request.stream:
        return streamed(dialect, speech, _header(request, speech, model, is_chat=is_chat))
    n = (request.n or 1) if isinstance(request, ChatCompletionRequest) else 1
    return chat_completion(speech, model, n) if is_chat else text_completion(speech, model, n)


def generate_document(request: Request, world: World) -> GeneratedDoc | Stream:
    """Answer as the native component does: a document, or the text itself as the deltas of a stream."""
    speech, _ = _spoken(request)
    if not isinstance(request, SearchedDoc) and request.stream:
        return streamed("raw_delta", speech, Reply())
    return GeneratedDoc(text=speech.text, prompt=_question(request))


def _spoken(request: Request) -> tuple[Speech, bool]:
    """What is answered, and whether it is a chat's answer."""
    match request:
        case LLMParamsDoc():
            return speak(request.query, _texts(request.documents), Limit(max(0, request.max_tokens))), False
        case SearchedDoc():
            return speak(request.initial_query, _texts([each.text for each in request.retrieved_docs])), False
        case ChatCompletionRequest(messages=str()):
            return speak(_question(request), _texts(request.documents), _limit(request)), False
    if not request.messages:
        raise Refusal(400, "messages: is empty; a chat has at least one message")
    question, context = heard(request.messages)  # type: ignore[arg-type] # A string was answered above.
    return speak(question, context, _limit(request)), True


def _question(request: Request) -> str:
    if isinstance(request, ChatCompletionRequest):
        return request.messages if isinstance(request.messages, str) else heard(request.messages)[0]
    return request.query if isinstance(request, LLMParamsDoc) else request.initial_query


def _limit(request: ChatCompletionRequest) -> Limit:
    return Limit(request.max_tokens, stops(request.stop))


def _texts(documents: Sequence[Any] | None) -> tuple[str, ...]:
    """The texts of documents, which are strings, lists of strings, or objects with a text."""
    texts: list[str] = []
    for each in documents or ():
        text = each.get("text", "") if isinstance(each, dict) else each
        texts += text if isinstance(text, list) else [text or ""]
    return tuple(texts)


def _header(
    request: LLMParamsDoc | ChatCompletionRequest, speech: Speech, model: str, *, is_chat: bool
) -> Reply:
    options = request.stream_options if isinstance(request, ChatCompletionRequest) else None
    return Reply(
        id=f"{'chatcmpl' if is_chat else 'cmpl'}-{speech.id}",
        model=model,
        created=CREATED_S,
        kind="chat" if is_chat else "text",
        usage=usage_of(speech).model_dump() if options and options.include_usage else None,
    )


QUESTION = "What is deep learning?"
DOCUMENTS = ["Deep learning is learning with neural networks of many layers.", "A tram runs on rails."]
MESSAGES = [{"role": "user", "content": QUESTION}]
FOUND = {"initial_query": QUESTION, "retrieved_docs": [{"text": text} for text in DOCUMENTS]}
ANSWERED: dict[str, Any] = {"choices": [{"text": DOCUMENTS[0], "finish_reason": "stop"}]}


def _variants(dialect: Dialect, chat: Any, text: Any, answered: object) -> tuple[Variant, ...]:
    """The four requests, in upstream's order; `chat` and `text` are what comes back, `answered` a part of it."""
    laws = LAWS if chat is ChatCompletion else ()
    stream = {"stream": True}
    return (
        Variant(
            "params",
            LLMParamsDoc,
            text,
            examples=(
                Example("documents", {"query": QUESTION, "documents": DOCUMENTS, "stream": False}, answered),
                Example("streams-by-default", {"query": QUESTION, "documents": DOCUMENTS}, stream=True),
                Example("nothing-known", {"query": QUESTION, "stream": False}),
            ),
            laws=laws,
            dialect=dialect,
            streams=stream,
        ),
        Variant(
            "chat",
            ChatCompletionRequest,
            chat,
            examples=(
                Example("messages", {"messages": MESSAGES, "max_tokens": 17}),
                Example("streamed", {"messages": MESSAGES, "stream": True}, stream=True),
                Example("tool-choice", {"messages": MESSAGES, "tool_choice": "auto"}, status=422),
                Example("no-messages", {"messages": []}, status=400),
                Example("nothing", {}, status=422),
            ),
            laws=laws,
            dialect=dialect,
            streams=stream,
        ),
        Variant(
            "prompt",
            ChatCompletionRequest,
            text,
            examples=(Example("string", {"messages": QUESTION, "documents": DOCUMENTS}, answered),),
            laws=laws,
            dialect=dialect,
            streams=stream,
        ),
        Variant("searched", SearchedDoc, text, examples=(Example("found", FOUND, answered),), laws=laws),
    )


def _is_empty(body: Any) -> bool:
    """Whether the backend refuses what upstream makes of the request: no message, no document."""
    return [] in (body.get("messages"), body.get("retrieved_docs"))


KNOWN = (
    Deviation("empty", "no messages, or a search that found nothing, are internal errors", _is_empty, 500),
    Deviation(
        "no-usage",
        "stream_options are passed over unless messages are a list",
        lambda body: isinstance(body["messages"], str) and "stream_options" in body,
        200,
        taken_as=lambda body: {name: value for name, value in body.items() if name != "stream_options"},
    ),
    Deviation(
        "no-tokens",
        "a question that may be answered with no token at all is an internal error",
        lambda body: "query" in body and body["max_tokens"] < 1,
        500,
    ),
)


def _comp(suffix: str, component: str, endpoint: Endpoint) -> Comp:
    return Comp(
        id=f"llms.text_generation{suffix}",
        title="opea_service@llm",
        port=9000,
        service_type="LLM",
        image="opea/llm-textgen:latest",
        endpoints=(endpoint,),
        settings={"LLM_COMPONENT_NAME": component},
        needs={"LLM_ENDPOINT": "third_parties.vllm"} if component == "OpeaTextGenService" else {},
    )


COMPS = (
    _comp(
        "",
        "OpeaTextGenService",
        Endpoint(
            "/v1/chat/completions",
            generate,
            _variants("openai", ChatCompletion, TextCompletion, ANSWERED),
            evidence="recorded",
            source=f"{FOLDER}/opea_llm_microservice.py, {FOLDER}/integrations/service.py",
            handler="llm_generate",
            declares=Any,
            known=(*KNOWN, *UNFILLED),
            notes=(
                "the request's model is passed over, LLM_MODEL_ID answers",
                "documents count for string messages only; a list of messages brings its own context",
                "tools, tool_choice, logprobs and top_k are dropped",
            ),
        ),
    ),
    _comp(
        ".ovms",
        "OpeaTextGenOVMS",
        Endpoint(
            "/v1/chat/completions",
            partial(generate, dialect="raw_delta"),
            _variants("raw_delta", ChatCompletion, ChatCompletion, {"object": "chat.completion"})[1:3],
            evidence="source-only",
            source=f"{FOLDER}/integrations/ovms.py",
            handler="llm_generate",
            declares=Any,
            known=KNOWN,
            notes=(
                "takes chats only; what upstream answers to the other requests with 500 is 422 here",
                "a newline in a delta breaks upstream's framing; here it is a second data line",
            ),
        ),
    ),
    _comp(
        ".native",
        "OpeaTextGenNative",
        Endpoint(
            "/v1/chat/completions",
            generate_document,
            _variants("raw_delta", GeneratedDoc, GeneratedDoc, {"text": DOCUMENTS[0]}),
            evidence="source-only",
            source=f"{FOLDER}/integrations/native.py",
            handler="llm_generate",
            declares=Any,
            known=KNOWN,
        ),
    ),
)
