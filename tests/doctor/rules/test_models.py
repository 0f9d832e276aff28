"""Models that are not there."""

import pytest

from tests.doctor.stacks import seed

OLLAMA = "third_parties.ollama"


@pytest.mark.parametrize("name", ["qwen2.5:0.5b", "qwen2.5:0.5b:latest"])
def test_a_model_that_is_there_is_no_finding(name):
    """With its tag or without."""
    body = b'{"models":[{"name":"%s"}]}' % name.encode()

    assert seed().answering("ollama-server", OLLAMA, models=(200, body)).diagnosis().findings == ()


def test_the_fix_pulls_the_model_into_the_container():
    """As one would type it."""
    (found,) = seed().answering("ollama-server", OLLAMA, models=(200, b'{"models":[]}')).diagnosis().findings

    assert found.fix == "Run `docker exec ollama-server ollama pull qwen2.5:0.5b`"
    assert found.evidence[-1] == "environment of ollama-server: LLM_MODEL_ID=qwen2.5:0.5b"


def test_the_caller_s_model_counts_too():
    """Whoever calls Ollama says which model is to answer."""
    stack = (
        seed().env("ollama-server", "LLM_MODEL_ID", "").env("clip-embedding-server", "LLM_MODEL", "mistral")
    )
    stack.env("clip-embedding-server", "LLM_ENDPOINT", "http://ollama-server:11434")

    (found,) = stack.answering("ollama-server", OLLAMA, models=(200, b'{"models":[]}')).diagnosis().findings

    assert found.what == "the model mistral was never pulled; it has none at all"


def test_an_ollama_of_which_nothing_is_asked_still_needs_a_model():
    """Without one it can answer nobody; and where there are no containers the fix is Ollama's own command."""
    stack = seed().env("ollama-server", "LLM_MODEL_ID", "")
    stack.answering("llm", OLLAMA, models=(200, b'{"models":[]}'))

    (found,) = stack.diagnosis().findings

    assert (found.service, found.what) == ("llm", "no model was ever pulled")
    assert found.fix.startswith("Run `ollama pull MODEL`")
