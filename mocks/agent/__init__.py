"""Agents: chats, assistants, threads and runs; one comp for each family of strategies, for they differ in their streams."""

from functools import partial
from typing import Any

from harness.comp import Before, Comp, Deviation, Endpoint, Example, Law, Lifecycle, Variant
from harness.opea.proto.assistants import (
    AssistantsObject,
    CreateMessagesRequest,
    CreateRunResponse,
    CreateThreadsRequest,
    MessageObject,
    ThreadObject,
)
from harness.opea.proto.generation import GeneratedDoc
from mocks._laws import silent
from mocks.agent import _answers
from mocks.agent._models import AgentCompletionRequest, CreateAssistant, ModelList
from mocks.agent._thinking import CLASSES, FAMILIES, Family

SOURCE = "comps/agent/src/agent.py"
CHAT, MODELS, ASSISTANTS, THREADS = "/v1/chat/completions", "/v1/models", "/v1/assistants", "/v1/threads"
MESSAGES, RUNS = f"{THREADS}/{{thread_id}}/messages", f"{THREADS}/{{thread_id}}/runs"
CANCEL = f"{RUNS}/cancel"

QUESTION = "What is a tram?"
DOCUMENTS = ["A tram is a rail vehicle that runs in streets.", "Bananas are yellow."]
NO_THREAD = {"thread_id": "thread_unknown"}
THREAD = Before("thread", f"POST {THREADS}", Example("thread", {}))
ASSISTANT = Before("assistant", f"POST {ASSISTANTS}", Example("assistant", {"agent_config": {}}))
MESSAGE = Before(
    "message", f"POST {MESSAGES}", Example("message", {"content": QUESTION}, path={"thread_id": "$thread"})
)
ON_THREAD = {"thread_id": "$thread"}


def _begins(name: str, prefix: str) -> Law:
    return Law(
        "id-tells-kind",
        f"the id begins with {prefix}",
        lambda _request, reply: None if reply[name].startswith(prefix) else f"{name}: {reply[name]!r} does not begin with {prefix}",
    )  # fmt: skip


def _kept(request: Any, reply: Any) -> str | None:
    content, said = request["content"], reply["content"][0]["text"]
    asked = content if isinstance(content, str) else content[-1]["text"]
    return None if said == asked else f"content: is {said[:40]!r}, {asked[:40]!r} was sent"


def _answers_prompt(request: Any, reply: Any) -> str | None:
    if "prompt" not in reply:
        return None  # A stream tells no prompt.
    asked = request["messages"]
    return None if not isinstance(asked, str) or reply["prompt"] == asked else "prompt: is not what was asked"


def _internal(name: str, says: str, instead_of: int) -> Deviation:
    return Deviation(name, says, lambda _body: True, 500, instead_of=instead_of)


UNKNOWN = _internal("unknown-id", "an unknown thread or assistant is an internal error", 404)
UNANSWERABLE = _internal("nothing-to-say", "what has no text or no message is an internal error", 400)


def _chat(family: Family) -> tuple[Variant, ...]:
    """Of the family whose stream says what the document says, one contract; else the stream is one of its own."""
    ask = {"messages": QUESTION, "documents": DOCUMENTS}
    examples = (
        Example("string", ask, {"text": DOCUMENTS[0], "prompt": QUESTION}),
        Example("messages", {**ask, "messages": [{"role": "user", "content": QUESTION}]}, {"prompt": QUESTION}),
        Example(
            "remembers",
            {"messages": "What colour is my bicycle?", "thread_id": "bicycles"},
            {"text": "My bicycle has the colour red."},
            after=(Before("told", f"POST {CHAT}", Example("told", {"messages": "My bicycle has the colour red.", "thread_id": "bicycles"})),),
        ),
        Example("tool-choice", {"messages": QUESTION, "tool_choice": "none"}, status=422),
        Example("no-messages", {"messages": []}, status=400),
        Example("query", {"query": QUESTION}, status=422),
    )  # fmt: skip
    laws = (
        Law("says-something", "an answer says something", silent),
        Law("answers-prompt", "the prompt is what was asked", _answers_prompt),
    )
    streamed = Example("streamed", {**ask, "stream": True}, stream=True)
    model = AgentCompletionRequest
    if family.streams:
        return (
            Variant("chat", model, GeneratedDoc, (*examples, streamed), laws, family.dialect, family.streams),
        )
    stream = Variant("stream", model, None, (streamed,), dialect=family.dialect, streams=family.streams)
    return (Variant("chat", model, GeneratedDoc, examples, laws), stream)


def _endpoint(family: Family, path: str, answer: Any, *variants: Variant, **more: Any) -> Endpoint:
    return Endpoint(
        path, partial(answer, family=family), variants, evidence="executed", source=SOURCE, **more
    )


def _chatting(family: Family) -> Endpoint:
    return _endpoint(
        family,
        CHAT,
        _answers.chat,
        *_chat(family),
        known=(UNANSWERABLE,),
        notes=(
            "a run that fails says the exception's words with status 200, in a stream too",
            "graph strategies stream the repr of their state, of which no text can be read",
            "react_llama's chunks have no finish_reason and an empty created upstream",
            "a mock forgets what was said on thread 0, which is everybody's",
        ),
    )


def _assisting(family: Family) -> Endpoint:
    examples = (
        Example("default", {"agent_config": {}}, {"object": "assistant"}),
        Example("strategy", {"agent_config": {"strategy": "rag_agent", "model": "m"}}, {"model": "m"}),
        Example("no-strategy", {"agent_config": {"strategy": "guess"}}, status=400),
        Example("no-config", {}, status=422),
    )
    variant = Variant(
        "assistant", CreateAssistant, AssistantsObject, examples, (_begins("id", "assistant_"),)
    )
    return _endpoint(
        family,
        ASSISTANTS,
        _answers.create_assistant,
        variant,
        known=(UNANSWERABLE,),
        notes=("upstream has one agent a process: every assistant has the id and strategy of the first",),
    )


def _threading(family: Family) -> tuple[Endpoint, ...]:
    thread = Variant(
        "thread",
        CreateThreadsRequest,
        ThreadObject,
        (Example("empty", {}, {"object": "thread"}), Example("messages", {"messages": [{"content": "x"}]}), Example("bad", {"messages": 7}, status=422)),
        (_begins("id", "thread_"),),
    )  # fmt: skip
    message = Variant(
        "message",
        CreateMessagesRequest,
        MessageObject,
        (
            Example("text", {"content": QUESTION}, {"role": "user"}, path=ON_THREAD, after=(THREAD,)),
            Example("parts", {"content": [{"type": "text", "text": "x"}]}, path=ON_THREAD, after=(THREAD,)),
            Example("unknown-thread", {"content": "x"}, path=NO_THREAD, status=404),
            Example("no-content", {"role": "user"}, path=NO_THREAD, status=422),
        ),
        (_begins("id", "msg_"), Law("kept", "the message is what was sent", _kept)),
    )
    parts = Deviation("parts", "content in parts is an internal error", lambda body: isinstance(body["content"], list), 500)  # fmt: skip
    return (
        _endpoint(
            family,
            THREADS,
            _answers.create_thread,
            thread,
            notes=("messages of the request are passed over",),
        ),
        _endpoint(family, MESSAGES, _answers.create_message, message, known=(parts, UNKNOWN, UNANSWERABLE)),
    )


def _running(family: Family) -> tuple[Endpoint, ...]:
    run = Variant(
        "run",
        CreateRunResponse,
        None,
        (
            Example("run", {"assistant_id": "$assistant"}, path=ON_THREAD, after=(THREAD, ASSISTANT, MESSAGE), stream=True),
            Example("no-message", {"assistant_id": "$assistant"}, path=ON_THREAD, after=(THREAD, ASSISTANT), status=400),
            Example("unknown-thread", {"assistant_id": "x"}, path=NO_THREAD, status=404),
            Example("no-assistant", {}, path=NO_THREAD, status=422),
        ),
        dialect=family.dialect,
        streams={} if family.streams is not None else None,
    )  # fmt: skip
    cancel = Variant(
        "run",
        None,
        str,
        (Example("nothing-runs", path=ON_THREAD, after=(THREAD,)), Example("unknown-thread", path=NO_THREAD, status=404)),
    )  # fmt: skip
    return (
        _endpoint(family, RUNS, _answers.create_run, run, known=(*_runless(family), UNKNOWN, UNANSWERABLE)),
        _endpoint(family, CANCEL, _answers.cancel_run, cancel, known=(UNKNOWN,), body="none"),
    )


def _runless(family: Family) -> tuple[Deviation, ...]:
    """The known failure of families whose streams take no thread."""
    if family.runs:
        return ()
    words = (
        f"An error occurred: {CLASSES[family.strategy]}.stream_generator() takes 3 positional arguments but 4 were given. "
        "This thread is now set as ready"
    )
    body = f'"{words}"'.encode()
    says = "a run is answered with the words of an error, and 200"
    return (Deviation("no-runs", says, lambda _body: True, 200, body, "application/json", instead_of=200),)


def _models(family: Family) -> Endpoint:
    opea = {"data": [{"id": "opea-agent"}]}
    variant = Variant(
        "models", None, ModelList, (Example("models", reply=opea), Example("again", reply=opea))
    )
    return Endpoint(
        MODELS, _answers.models, (variant,), "executed", SOURCE, "GET", "none", notes=("it does not tell the model that is spoken through",)
    )  # fmt: skip


REMEMBERED = Lifecycle(
    "threads",
    make=(
        f"POST {CHAT}",
        Example("told", {"messages": "My bicycle has the sticker $text.", "thread_id": "$text"}),
    ),
    read=(
        f"POST {CHAT}",
        Example("asked", {"messages": "What sticker has my bicycle?", "thread_id": "$text"}),
    ),
    pick="$text",
    alone=True,
)

COMPS = tuple(
    Comp(
        id=family.id,
        title="opea_service@comps-chat-agent",
        port=9090,
        service_type="LLM",
        image="opea/agent:latest",
        statistics=False,
        settings={"strategy": family.strategy},
        lifecycles=(REMEMBERED,),
        endpoints=(
            _chatting(family), _models(family), _assisting(family), *_threading(family), *_running(family),
        ),
    )
    for family in FAMILIES
)  # fmt: skip
