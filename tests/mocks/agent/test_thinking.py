"""How agents think, and how each family tells it in a stream."""

import pytest

from harness.comp import World
from harness.sse import TextStream
from mocks._store import Chunk, index_name, store_of
from mocks.agent._thinking import CLASSES, FAMILIES, Thought, langchain, langgraph, llama, think

FOUND = Thought("What is a tram?", ("A tram runs on rails.\nRails are steel.",), "A tram runs on rails.")
BARE = Thought("What is a tram?", (), "I do not know.")


def body(stream):
    """All bytes of a stream."""
    return b"".join((*stream.head, *stream.tokens, *stream.tail))


def read(stream):
    """The stream as its dialect reads it."""
    text = TextStream(stream.dialect)
    text.feed(0, body(stream))
    text.finish(1)
    return text


def test_an_agent_finds_what_dataprep_ingested():
    """Without it, it answers out of what it was told."""
    world = World()
    store_of(world).index(index_name(world)).add([Chunk("a.txt", "A tram runs on rails.")])

    assert think("What does a tram run on?", (), world).text == "A tram runs on rails."
    assert (
        think("What does a tram run on?", ("A tram runs on steel.",), World()).text == "A tram runs on steel."
    )


@pytest.mark.parametrize("tell", [langchain, llama])
@pytest.mark.parametrize("thought", [FOUND, BARE], ids=["found", "bare"])
def test_a_stream_is_whole_and_ends_with_the_answer(tell, thought):
    """In the words of its dialect."""
    stream = read(tell(thought, "m"))

    assert (stream.outcome, stream.why) == ("whole", None)
    assert stream.text.endswith(thought.text)


def test_langchain_tells_the_tool_in_lines_before_the_answer():
    """Newlines in what was found do not break them."""

    assert body(langchain(FOUND, "m")).decode() == (
        "Calling Tool: `search_knowledge_base` with input `{'query': 'What is a tram?'}`\n\n"
        "Tool Result: `A tram runs on rails.\\nRails are steel.`\n\n"
        "data: 'A tram runs on rails.'\n\n"
        "data: [DONE]\n\n"
    )
    assert body(langchain(BARE, "m")) == b"data: 'I do not know.'\n\ndata: [DONE]\n\n"


def test_llama_thinks_aloud_between_marks():
    """What the tool found is an event without choices."""

    assert read(llama(FOUND, "m")).text == "<think>The question is about tram.</think>A tram runs on rails."
    assert b'"tool_name":"search_knowledge_base"' in body(llama(FOUND, "m"))
    assert b"tool_name" not in body(llama(BARE, "m"))


def test_langgraph_tells_its_nodes_and_no_text_of_its_own():
    """The text stands within the repr of the state."""
    told = body(langgraph(FOUND, "m")).decode()

    assert told.startswith("--- CALL agent ---\nmessages: [AIMessage(content='')]\n")
    assert "--- CALL tools ---\n" in told
    assert "data: {'agent': {'messages': [AIMessage(content='A tram runs on rails.')]}}\n\n" in told
    assert told.endswith("data: [DONE]\n\n")
    assert (read(langgraph(FOUND, "m")).text, read(langgraph(FOUND, "m")).outcome) == ("", "whole")


def test_every_familys_strategy_has_a_class():
    """Ids of assistants hold it."""

    assert {family.strategy for family in FAMILIES} <= set(CLASSES)
