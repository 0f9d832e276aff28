"""The questions of rag as they are asked of a newcomer's seven."""

from harness.megaservice import Asked
from scenarios.rag_seed import RAG_SEED


def test_the_same_question_has_the_same_answer():
    """And a short one, from the model that is there."""
    node = RAG_SEED.megaservice.node("llm")
    asked = Asked(RAG_SEED.ask("Which?", False), "Which?", False)
    request = node.request({"text": "Which?", "documents": ["That."]}, asked)

    assert (request["temperature"], request["seed"], request["max_tokens"]) == (0, 0, 32)
    assert request["model"] == "llama3.2:1b"
    assert "That." in request["messages"][0]["content"]
