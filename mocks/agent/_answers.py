"""What the agent's routes answer."""

from typing import Any

from harness.comp import Refusal, Stream, World
from harness.opea.proto.assistants import (
    AssistantsObject,
    CreateMessagesRequest,
    CreateRunResponse,
    CreateThreadsRequest,
    MessageContent,
    MessageObject,
    ThreadObject,
)
from harness.opea.proto.generation import GeneratedDoc
from mocks._speech import CREATED_S
from mocks.agent._models import AgentCompletionRequest, CreateAssistant, ModelCard, ModelList
from mocks.agent._state import Thread, agents_of
from mocks.agent._thinking import CLASSES, Family, think

MODEL = "meta-llama/Meta-Llama-3-8B-Instruct"  # Upstream's default of --model.
NOBODYS = "0"  # The thread of chats that name none; a mock forgets what was said there.
MEMORIES = ("checkpointer", "store")


def models(request: None, world: World) -> ModelList:
    """One model, always the same, whatever the agent speaks through."""
    card = ModelCard(
        id="opea-agent", object="model", created=None, owned_by="opea", root="opea-agent", parent=None, max_model_len=16384, permission=[],
    )  # fmt: skip
    return ModelList(object="list", data=[card])


def chat(request: AgentCompletionRequest, world: World, *, family: Family) -> GeneratedDoc | Stream:
    """The answer to the last message, out of what the agent finds, the request's documents, and its thread."""
    question = _question(request.messages)
    told = agents_of(world, family.id).chats.setdefault(request.thread_id, [])
    thought = think(question, (*_texts(request.documents), *told), world)
    # Asking tells nothing that a later question could be answered by.
    is_asked = question.rstrip().endswith("?")
    if request.thread_id != NOBODYS and not is_asked and question not in told:
        told.append(question)
    if request.stream:
        return family.tell(thought, world.settings.get("model", MODEL))
    return GeneratedDoc(text=thought.text, prompt=question)


def _question(messages: Any) -> str:
    if isinstance(messages, str):
        return messages
    last = messages[-1].get("content") if messages else None
    if isinstance(last, list):
        last = " ".join(str(part.get("text", "")) for part in last)
    if last is None:
        raise Refusal(400, "messages: the last one has no content; it is the question")
    return str(last)


def _texts(documents: Any) -> list[str]:
    return [str(each.get("text", "")) if isinstance(each, dict) else each for each in documents or ()]


def create_assistant(request: CreateAssistant, world: World, *, family: Family) -> AssistantsObject:
    """A new assistant, whose id holds the class of its strategy."""
    config, agents = request.agent_config, agents_of(world, family.id)
    if config.strategy not in CLASSES:
        raise Refusal(
            400, f"agent_config.strategy: is {config.strategy!r}; it is one of {', '.join(CLASSES)}"
        )
    if config.with_memory and config.memory_type not in MEMORIES:
        raise Refusal(
            400, f"agent_config.memory_type: is {config.memory_type!r}; it is one of {', '.join(MEMORIES)}"
        )
    if config.memory_type == "store" and config.store_config is None:
        raise Refusal(400, "agent_config.store_config: is missing; it says where the store is")
    name = agents.fresh(f"assistant_{CLASSES[config.strategy]}", world)
    agents.assistants[name] = config.strategy
    return AssistantsObject(id=name, created_at=CREATED_S, model=config.model)


def create_thread(request: CreateThreadsRequest, world: World, *, family: Family) -> ThreadObject:
    """A new thread without messages: those of the request are passed over, as upstream."""
    agents = agents_of(world, family.id)
    name = agents.fresh("thread", world)
    agents.threads[name] = Thread()
    return ThreadObject(id=name, created_at=CREATED_S)


def create_message(
    request: CreateMessagesRequest, world: World, *, thread_id: str, family: Family
) -> MessageObject:
    """The message as it was kept; of several parts the last one's text."""
    agents = agents_of(world, family.id)
    thread = agents.thread(thread_id)
    text = request.content if isinstance(request.content, str) else _last(request.content)
    if request.assistant_id is not None:
        agents.assistant(request.assistant_id)
    thread.add(text)
    return MessageObject.model_construct(
        id=agents.fresh("msg", world),
        object="thread.message",
        created_at=CREATED_S,
        thread_id=thread_id,
        role=request.role,
        status=None,
        content=[MessageContent(text=text)],
        assistant_id=request.assistant_id,
        run_id=None,
        attachments=None,
    )


def _last(parts: list[MessageContent]) -> str:
    if not parts or parts[-1].text is None:
        raise Refusal(400, "content: the last part has no text")
    return parts[-1].text


def create_run(request: CreateRunResponse, world: World, *, thread_id: str, family: Family) -> Stream:
    """The answer to the newest message that no run has answered yet, always as a stream."""
    agents = agents_of(world, family.id)
    thread = agents.thread(thread_id)
    agents.assistant(request.assistant_id)
    if not thread.waiting:
        raise Refusal(400, f"{thread_id}: has no message that is not answered yet; add one first")
    question = thread.waiting.pop()
    earlier = [each for each in thread.said if each != question]
    return family.tell(think(question, earlier, world), world.settings.get("model", MODEL))


def cancel_run(request: None, world: World, *, thread_id: str, family: Family) -> str:
    """That nothing runs: a mock's run has been answered when another request can be."""
    agents_of(world, family.id).thread(thread_id)
    return "Thread is not running, no need to cancel"
