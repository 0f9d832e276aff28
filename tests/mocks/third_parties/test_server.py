"""What model servers share."""

import pytest

from harness.comp import Comp
from harness.sse import TextStream
from mocks.third_parties._server import MODEL, Server
from tests.mocks.contract import ask

COMP = Comp("server", "server", 80, Server("me").endpoints("here"), framework=False, validation_status=400)
CHAT = {
    "model": MODEL,
    "messages": [
        {"role": "system", "content": "A tram runs on rails."},
        {"role": "user", "content": "What runs?"},
    ],
}
PROMPT = "### Search results:\nA tram runs on rails.\n### Question: What runs on rails?\n### Answer:"
ASKED = {"/v1/chat/completions": CHAT, "/v1/completions": {"model": MODEL, "prompt": PROMPT}}


@pytest.mark.parametrize("path", ASKED)
def test_a_stream_says_what_the_whole_says(path):
    """Few fields in each chunk, and the text is the same."""
    stream = TextStream("openai")
    stream.feed(0, ask(COMP, "POST", path, {**ASKED[path], "stream": True}).content)
    stream.finish(1)
    choice = ask(COMP, "POST", path, ASKED[path]).json()["choices"][0]

    assert (stream.text, stream.outcome) == ("A tram runs on rails.", "whole")
    assert (choice["text"] if "text" in choice else choice["message"]["content"]) == stream.text


def test_of_several_prompts_the_first_is_answered():
    """A list of prompts is taken."""
    reply = ask(COMP, "POST", "/v1/completions", {"model": MODEL, "prompt": [PROMPT, "x"]}).json()

    assert reply["choices"][0]["text"] == "A tram runs on rails."


def test_an_empty_chat_is_refused_in_openais_words():
    """The error is an object with message and type."""
    reply = ask(COMP, "POST", "/v1/chat/completions", {**CHAT, "messages": []})

    assert reply.status_code == 400
    assert reply.json() == {
        "error": {
            "message": "[] is too short - 'messages'",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


@pytest.mark.parametrize("path", ASKED)
def test_a_model_that_is_not_served_is_missing(path):
    """Where a model is set, only it answers."""
    reply = ask(COMP, "POST", path, ASKED[path], {"LLM_MODEL_ID": "other"})

    assert reply.status_code == 404
    assert reply.json()["error"]["message"] == f"The model `{MODEL}` does not exist."


def test_the_served_model_is_listed():
    """Guardrails ask this page for the model's name."""
    assert (
        ask(COMP, "GET", "/v1/models", settings={"LLM_MODEL_ID": "other"}).json()["data"][0]["id"] == "other"
    )
