"""Ollama."""

import pytest

from harness.sse import TextStream
from mocks.third_parties.ollama import COMP, LAWS, MODEL
from tests.mocks.contract import ask

CONTEXT = "A tram runs on rails."
QUESTION = "What runs on rails?"
ASKED = {
    "/api/chat": {
        "model": MODEL,
        "messages": [{"role": "system", "content": CONTEXT}, {"role": "user", "content": QUESTION}],
    },
    "/api/generate": {"model": MODEL, "system": CONTEXT, "prompt": QUESTION},
}


@pytest.mark.parametrize("path", ASKED)
def test_a_stream_of_lines_says_what_the_whole_says(path):
    """Streams come unless refused; the last line is done and counts."""
    reply = ask(COMP, "POST", path, ASKED[path])
    stream = TextStream("ndjson")
    stream.feed(0, reply.content)
    stream.finish(1)
    whole = ask(COMP, "POST", path, {**ASKED[path], "stream": False}).json()

    assert reply.headers["content-type"] == "application/x-ndjson"
    assert (stream.text, stream.outcome, stream.finish_reason) == (CONTEXT, "whole", "stop")
    assert (whole["message"]["content"] if path == "/api/chat" else whole["response"]) == CONTEXT
    assert whole["eval_count"] == stream.usage["completion_tokens"] == stream.tokens == 5


@pytest.mark.parametrize(("asked", "reason"), [(2, "length"), (-1, "stop")])
def test_num_predict_bounds_the_tokens_unless_it_is_negative(asked, reason):
    """Ollama writes no limit as -1."""
    body = {**ASKED["/api/generate"], "stream": False, "options": {"num_predict": asked}}

    assert ask(COMP, "POST", "/api/generate", body).json()["done_reason"] == reason


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/chat", {"model": MODEL}),
        ("/api/chat", {"model": MODEL, "messages": None}),
        ("/api/generate", {"model": MODEL, "prompt": ""}),
    ],
)
def test_what_asks_nothing_loads_the_model(path, body):
    """Streamed or not: one line, and it may be empty."""
    reply = ask(COMP, "POST", path, body).json()

    assert (reply["done"], reply["done_reason"]) == (True, "load")
    assert LAWS[0].broken(body, reply) is None


def test_no_model_is_asked_for_in_chats_and_not_found_for_prompts():
    """As Ollama 0.9.6 answers."""

    assert ask(COMP, "POST", "/api/chat", {"messages": []}).status_code == 400
    assert ask(COMP, "POST", "/api/generate", {"prompt": "x"}).json() == {"error": "model '' not found"}


def test_the_page_at_the_root_says_that_it_is_running():
    """People open it in a browser."""
    assert ask(COMP, "GET", "/").text == "Ollama is running"


def test_a_model_that_was_not_pulled_is_missing():
    """Each route has its words for it."""
    settings = {"LLM_MODEL_ID": "other"}
    own = ask(COMP, "POST", "/api/generate", ASKED["/api/generate"], settings)
    chat = ask(COMP, "POST", "/api/chat", ASKED["/api/chat"], settings)
    openai = ask(COMP, "POST", "/v1/chat/completions", ASKED["/api/chat"], settings)

    assert (own.status_code, own.json()) == (404, {"error": "model 'llama3.2:1b' not found"})
    assert chat.json() == {"error": 'model "llama3.2:1b" not found, try pulling it first'}
    assert openai.json()["error"]["message"] == chat.json()["error"]
    assert ask(COMP, "GET", "/api/tags", settings=settings).json()["models"][0]["name"] == "other"


def test_openais_routes_are_signed():
    """Clients tell Ollama by its fingerprint."""
    reply = ask(COMP, "POST", "/v1/completions", {"model": MODEL, "prompt": "How are you?", "max_tokens": 4})

    assert reply.json()["system_fingerprint"] == "fp_ollama"
    assert reply.json()["usage"]["completion_tokens"] == 4


def test_an_empty_answer_breaks_the_law():
    """The law has been seen to fail, in each of the three forms."""
    replies = ({"text": ""}, {"response": ""}, {"message": {"content": ""}})

    assert [LAWS[0].broken({}, reply) for reply in replies] == ["the answer is empty"] * 3


def test_what_the_limit_cut_may_be_no_text_yet():
    """Ollama holds back tokens that are no whole letter; an answer that came to its end is another matter."""
    silent = {"response": "", "done_reason": "length"}

    assert LAWS[0].broken({}, silent) is None
    assert LAWS[0].broken({}, {**silent, "done_reason": "stop"}) == "the answer is empty"


def test_a_message_that_is_null_is_an_empty_one():
    """As Ollama 0.9.6 reads it."""
    body = {"model": MODEL, "messages": [None, *ASKED["/api/chat"]["messages"]], "stream": False}

    assert ask(COMP, "POST", "/api/chat", body).json()["message"]["content"] == CONTEXT


@pytest.mark.parametrize("options", [{"num_predict": 0}, {"stop": ["", "x"]}])
def test_an_answer_of_no_tokens_may_be_empty(options):
    """It says all that was asked for."""
    assert LAWS[0].broken({"options": options}, {"response": ""}) is None
