"""Scenarios as data."""

from harness.megaservice import Megaservice, Node
from harness.scenario import Question, Scenario

SCENARIO = Scenario(
    "demo",
    "a demonstration",
    Megaservice("demo", "/v1/demo", (Node("llm", "llms.text_generation", "/v1/chat/completions"),)),
    (Question("q1", "When?"),),
)


def test_a_scenario_asks_as_a_chat_does_unless_it_says_otherwise():
    """The default request holds the text and the mode."""
    assert SCENARIO.ask("When?", True) == {"messages": "When?", "stream": True}


def test_a_scenario_without_a_retriever_ranks_nothing():
    """Retrieval figures then have nothing to look at."""
    assert SCENARIO.ranked({"retrieved_docs": [{"text": "x"}]}) == ()
