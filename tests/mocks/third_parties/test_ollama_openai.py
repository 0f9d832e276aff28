"""Ollama on OpenAI's routes, as 0.9.6 was seen to answer; and what no Ollama does is still told."""

import json

import pytest

from mocks.third_parties._ollama_openai import OWN_LAWS
from mocks.third_parties.ollama import COMP, MODEL
from tests.mocks.contract import ask

CHAT, TEXT = "/v1/chat/completions", "/v1/completions"
USER = {"role": "user", "content": "What runs on rails?"}
BROKEN = {law.id: law.broken for law in OWN_LAWS}


def chat(**more):
    """One chat."""
    return ask(COMP, "POST", CHAT, {"model": MODEL, "messages": [USER], **more})


def text(**more):
    """One prompt."""
    return ask(COMP, "POST", TEXT, {"model": MODEL, "prompt": "What runs on rails?", **more})


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (TEXT, {}, {"text": ""}),
        (TEXT, {"prompt": ""}, {"text": ""}),
        (TEXT, {"prompt": None}, {"text": ""}),
        (
            CHAT,
            {"messages": [{"role": "user", "content": []}]},
            {"message": {"role": "assistant", "content": ""}},
        ),
    ],
)
def test_what_asks_nothing_loads_the_model(path, body, said):
    """And counts nothing."""
    reply = ask(COMP, "POST", path, {"model": MODEL, **body}).json()

    assert reply["choices"] == [{"index": 0, **said, "finish_reason": "load"}]
    assert reply["usage"]["total_tokens"] == 0


@pytest.mark.parametrize(
    "body", [{"content": [{"type": "x"}]}, {"content": [{"type": "text"}]}, {"content": None}, {}]
)
def test_a_message_without_content_or_of_unknown_parts_is_refused(body):
    """With a reason."""
    reply = chat(messages=[{"role": "user", **body}])

    assert (reply.status_code, "error" in reply.json()) == (400, True)


def test_what_ollama_passes_over_changes_nothing():
    """Several answers are one, a stop of another kind is none, and a limit below one is none."""
    plain = chat().json()["choices"]

    assert chat(n=3).json()["choices"] == chat(stop=7).json()["choices"] == plain
    assert chat(max_tokens=0).json()["choices"] == chat(max_tokens=-1).json()["choices"] == plain
    assert chat(stop=[1]).json()["choices"] == plain
    assert text(stop=[1]).status_code == 400


def test_a_stop_and_a_limit_hold():
    """As for everybody."""

    assert chat(max_tokens=2).json()["choices"][0]["finish_reason"] == "length"
    assert text(stop="know", prompt="What is the unknown?").json()["choices"][0]["text"] == "I do not "


def test_a_model_that_was_not_pulled_is_not_loaded_either():
    """404 in OpenAI's shape."""
    reply = ask(COMP, "POST", TEXT, {"model": MODEL}, {"LLM_MODEL_ID": "other"})

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, None)


def test_the_fields_come_in_ollamas_order():
    """A client that reads the bytes as they come finds them where they are with Ollama."""
    chatted, continued = chat().json(), text().json()

    assert list(chatted) == list(continued)
    assert list(chatted) == ["id", "object", "created", "model", "system_fingerprint", "choices", "usage"]
    assert list(chatted["choices"][0]) == ["index", "message", "finish_reason"]
    assert list(continued["choices"][0]) == ["text", "index", "finish_reason"]
    assert list(chatted["usage"]) == ["prompt_tokens", "completion_tokens", "total_tokens"]


@pytest.mark.parametrize(
    ("request_", "reason", "why"),
    [
        ({"prompt": ""}, "load", None),
        ({}, "load", None),
        ({"prompt": "x"}, "load", "choices: the model was only loaded, though something was asked"),
        ({"messages": [USER]}, "load", "choices: the model was only loaded, though something was asked"),
        ({"prompt": "x"}, "length", None),
        ({"prompt": "x"}, "stop", "the answer is empty"),
        ({"prompt": "x", "stop": ["", "a"]}, "stop", None),
    ],
)
def test_a_silent_answer_needs_its_reason(request_, reason, why):
    """A broken Ollama that says nothing, or only loads what it is asked to answer with, is told."""

    assert BROKEN["not-empty"](request_, {"choices": [{"text": "", "finish_reason": reason}]}) == why


def test_an_empty_stream_breaks_the_law():
    """A stream has no choices."""

    assert BROKEN["not-empty"]({"prompt": "x"}, {"text": ""}) == "the answer is empty"
    assert BROKEN["not-empty"]({"prompt": "x"}, {"text": "a"}) is None


def test_more_tokens_than_a_limit_break_the_law_and_no_limit_is_none():
    """`n` excuses nothing, for it is passed over."""
    reply = {
        "choices": [{"text": "a b c", "index": 0, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 3},
    }

    assert (
        BROKEN["bounded"]({"max_tokens": 2, "n": 9}, reply)
        == "usage: completion_tokens is 3, max_tokens was 2"
    )
    assert BROKEN["cut-is-told"]({"max_tokens": 2}, reply) is not None
    assert BROKEN["bounded"]({"max_tokens": -1}, reply) is None
    assert BROKEN["cut-is-told"]({"max_tokens": 0}, reply) is None
    assert BROKEN["as-many-choices"]({"n": 9}, reply) is None


def test_every_chunk_of_a_stream_is_as_ollama_has_it():
    """Signed; those of a chat bear the role, those of a prompt begin with their text; the type says no charset."""
    told, continued = chat(stream=True), text(stream=True, stream_options={"include_usage": True})
    chats, texts = (
        [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]
        for reply in (told, continued)
    )

    assert told.headers["content-type"] == "text/event-stream"
    assert {tuple(each) for each in chats} == {
        ("id", "object", "created", "model", "system_fingerprint", "choices")
    }
    assert {each["choices"][0]["delta"]["role"] for each in chats} == {"assistant"}
    assert [*texts[0]] == ["id", "object", "created", "choices", "model", "system_fingerprint"]
    assert [*texts[0]["choices"][0]] == ["text", "index", "finish_reason"]
    assert (texts[-1]["choices"], texts[-1]["usage"]["completion_tokens"] > 0) == ([], True)


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        (CHAT, {"model": "a", "messages": "x"}, 400, "invalid_request_error"),
        (TEXT, {"model": "a", "prompt": ["x"]}, 400, "invalid_request_error"),
        (TEXT, {"prompt": "x"}, 404, "api_error"),
    ],
)
def test_what_is_no_request_is_refused_in_openais_shape(path, body, status, kind):
    """Ollama's own routes say one sentence."""
    reply = ask(COMP, "POST", path, body)
    own = ask(COMP, "POST", "/api/chat", {"model": "a", "messages": 7})

    assert (reply.status_code, reply.json()["error"]["type"]) == (status, kind)
    assert (own.status_code, own.headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert own.json() == {"error": "body.messages: Input should be a valid list"}
