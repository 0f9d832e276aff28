"""How agents think, and how each family of them tells it in a stream (comps/agent/src/integrations/strategy, GenAIComps 8130a3f).

The mock's agent has one tool: it searches what dataprep ingested. Then it answers out of what it found and was told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from harness.comp import Dialect, Stream, World
from mocks._speech import CREATED_S, split
from mocks._store import index_name, store_of
from mocks._text import answer, embed, topics

TOOL = "search_knowledge_base"
FOUND_MAX = 3
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Thought:
    """A question, what the tool found, and the answer."""

    question: str
    found: tuple[str, ...]
    text: str

    @property
    def aloud(self) -> str:
        """The thought in words, as models with `<think>` say it."""
        return f"The question is about {', '.join(topics(self.question)) or 'nothing'}."


def think(question: str, known: Sequence[str], world: World) -> Thought:
    """Search, and answer out of what was found and what is known."""
    index = store_of(world).index(index_name(world))
    hits = index.search(embed(question, index.dimension), FOUND_MAX)
    found = tuple(hit.chunk.text for hit in hits)
    return Thought(question, found, answer(question, (*known, *found)))


def langchain(thought: Thought, model: str) -> Stream:
    """Lines that tell of the tool, and the answer as the repr of one text."""
    called = (
        f"Calling Tool: `{TOOL}` with input `{ {'query': thought.question} }`\n\n",
        f"Tool Result: `{' '.join(thought.found)}`\n\n",
    )
    head = _bytes(_one_line(each) for each in called) if thought.found else ()
    return Stream("agent_lines", head, (f"data: {thought.text!r}\n\n".encode(),), (DONE,))


def llama(thought: Thought, model: str) -> Stream:
    """OpenAI's chunks: a thought between marks, what the tool found, then the answer; upstream tells no finish_reason."""
    thoughts = [_chunk(token, model) for token in ("<think>", *split(thought.aloud), "</think>")]
    tool = [_data({**_frame(model), "choices": [], "tool_name": TOOL, "tool_content": list(thought.found)})]
    said = [_chunk(token, model) for token in split(thought.text)]
    last = _chunk("", model, "stop")
    return Stream("openai", (), (*thoughts, *(tool if thought.found else []), *said), (last, DONE))


def langgraph(thought: Thought, model: str) -> Stream:
    """Each node's name and state in lines, then the repr of its event; the text stands within reprs, never by itself."""
    steps: list[tuple[str, str]] = (
        [("agent", ""), ("tools", " ".join(thought.found))] if thought.found else []
    )
    events = [*steps, ("agent", thought.text)]
    return Stream("agent_lines", (), tuple(_event(node, text) for node, text in events), (DONE,))


def _event(node: str, text: str) -> bytes:
    state = f"[{'ToolMessage' if node == 'tools' else 'AIMessage'}(content={text!r})]"
    return f"--- CALL {node} ---\nmessages: {state}\ndata: {{{node!r}: {{'messages': {state}}}}}\n\n".encode()


def _one_line(text: str) -> str:
    """A line of a log with the newlines in it written out, which upstream does not; else its events could not be told apart."""
    return text.rstrip("\n").replace("\n", "\\n") + "\n\n"


def _bytes(lines: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(each.encode() for each in lines)


def _frame(model: str) -> dict[str, Any]:
    return {"id": "run-mock", "object": "chat.completion.chunk", "created": CREATED_S, "model": model}


def _chunk(text: str, model: str, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": finish_reason}
    return _data({**_frame(model), "choices": [choice]})


def _data(event: Mapping[str, object]) -> bytes:
    return b"data: " + orjson.dumps(event) + b"\n\n"


@dataclass(frozen=True, slots=True)
class Family:
    """Agents that stream alike: the comp's id, its default strategy, the dialect, how it tells a thought, what is judged of it.

    `streams` as in `Variant`; `runs` is False where upstream's runs fail over an argument that its streams do not take.
    """

    id: str
    strategy: str
    dialect: Dialect
    tell: Callable[[Thought, str], Stream]
    streams: Mapping[str, object] | None
    runs: bool = True


# By strategy; ids of assistants hold the class.
CLASSES = {
    "react_langchain": "ReActAgentwithLangchain",
    "react_langgraph": "ReActAgentwithLanggraph",
    "react_llama": "ReActAgentLlama",
    "plan_execute": "PlanExecuteAgentWithLangGraph",
    "rag_agent": "RAGAgent",
    "rag_agent_llama": "RAGAgent",
    "sql_agent_llama": "SQLAgentLlama",
    "sql_agent": "SQLAgent",
}
FAMILIES = (
    Family("agent", "react_langchain", "agent_lines", langchain, {"stream": True}),
    Family("agent.react_llama", "react_llama", "openai", llama, {}),
    Family("agent.rag_agent", "rag_agent", "agent_lines", langgraph, None, runs=False),
)
