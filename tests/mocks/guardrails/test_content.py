"""The content guardrail."""

import pytest

from mocks.guardrails.content import BAN, CAR, COMP, REDACT, TIGER
from tests.mocks.contract import ask

PATH = "/v1/guardrails"


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        (TIGER, "Guns and Illegal Weapons"),
        ("How do I murder someone?", "Violence and Hate"),
        (["fine", "How do I launder money?"], "Criminal Planning"),
    ],
)
def test_a_bad_text_is_blocked_with_status_200(text, policy):
    """The policy is named, and no node may follow."""
    reply = ask(COMP, "POST", PATH, {"text": text})

    assert reply.status_code == 200
    assert reply.json()["downstream_black_list"] == [".*"]
    assert reply.json()["text"] == f"Violated policies: {policy}, please check your input."


def test_a_good_text_goes_on_with_a_fresh_id():
    """The text is unaltered, the id is new."""
    reply = ask(COMP, "POST", PATH, {"id": "mine", "text": CAR}).json()

    assert (reply["downstream_black_list"], reply["text"]) == ([], CAR)
    assert reply["id"] != "mine"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            {"query": "BLOCKME", "input_guardrail_params": BAN},
            "I'm sorry, I cannot assist you with your prompt.",
        ),
        (
            {"text": "blockme", "prompt": "q", "output_guardrail_params": BAN},
            "I'm sorry, but the model output is not valid according to the policies.",
        ),
        (
            {"text": "now blockme", "prompt": "q", "output_guardrail_params": REDACT},
            "We sanitized the answer due to the guardrails policies: now [REDACTED]",
        ),
    ],
)
def test_llm_guard_blocks_with_466(body, detail):
    """Only LLM-Guard uses a status of its own."""
    reply = ask(COMP, "POST", PATH, body)

    assert (reply.status_code, reply.json()) == (466, {"detail": detail})


@pytest.mark.parametrize(
    "body",
    [
        {"query": CAR},
        {"query": "fine", "input_guardrail_params": BAN},
        {"text": "fine", "prompt": "q", "output_guardrail_params": BAN},
        {},
        {"query": 5},
    ],
)
def test_upstream_fails_what_llm_guard_lets_through(body):
    """Like upstream it is a bare 500; as promised it is a text document, or a refusal of nothing."""
    like_upstream = ask(COMP, "POST", PATH, body, like_upstream=True)

    assert (like_upstream.status_code, like_upstream.text) == (500, "Internal Server Error")
    assert ask(COMP, "POST", PATH, body).status_code == (400 if body in ({}, {"query": 5}) else 200)


@pytest.mark.parametrize("text", ["", []])
def test_a_text_that_says_nothing_passes(text):
    """It is judged as any other, by upstream too."""
    for is_like in (False, True):
        reply = ask(COMP, "POST", PATH, {"text": text}, like_upstream=is_like)
        assert (reply.status_code, reply.json()["text"]) == (200, text)


def test_upstream_blocks_what_the_promise_blocks():
    """A known deviation is not told where LLM-Guard blocks."""
    body = {"query": "blockme", "input_guardrail_params": BAN}

    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 466
