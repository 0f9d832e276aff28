"""OpenAI's replies, and the laws that they keep."""

import pytest

from mocks._openai import LAWS, chat_completion, few, text_completion
from mocks._speech import speak

SPEECH = speak("What runs on rails?", ["A tram runs on rails."])
BROKEN = {law.id: law.broken for law in LAWS}


@pytest.mark.parametrize("make", [chat_completion, text_completion])
def test_a_reply_keeps_every_law(make):
    """Both shapes, whole or with few fields."""
    reply = make(SPEECH, "m", 2)

    for said in (reply.model_dump(), few(reply)):
        assert [law.broken({"n": 2, "max_tokens": 5}, said) for law in LAWS] == [None] * len(LAWS)


def test_few_fields_are_those_that_say_something():
    """What a server sends itself has no nulls."""
    assert set(few(text_completion(SPEECH, "m"))) == {"id", "choices", "created", "model", "object", "usage"}


@pytest.mark.parametrize(
    ("law", "request_", "change", "words"),
    [
        (
            "not-empty",
            {},
            {"choices": [{"text": "", "finish_reason": "stop", "index": 0}]},
            "the answer is empty",
        ),
        (
            "usage-adds-up",
            {},
            {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 4}},
            "usage: total_tokens is 4, prompt and completion make 3",
        ),
        ("bounded", {"max_tokens": 2}, {}, "usage: completion_tokens is 5, max_tokens was 2"),
        (
            "cut-is-told",
            {"max_tokens": 2},
            {},
            "choices[0]: holds 5 words of 2 tokens and finish_reason is stop",
        ),
        ("as-many-choices", {"n": 3}, {}, "choices: 1 came, n was 3"),
    ],
)
def test_a_broken_reply_breaks_its_law(law, request_, change, words):
    """Each law has been seen to fail."""
    reply = few(text_completion(SPEECH, "m")) | change

    assert BROKEN[law](request_, reply) == words


def test_a_stream_is_judged_by_its_text():
    """An empty stream breaks the law too."""
    assert BROKEN["not-empty"]({}, {"text": ""}) == "the answer is empty"
    assert [broken({"n": 2}, {"text": "a"}) for broken in BROKEN.values()] == [None] * len(BROKEN)


def test_fewer_words_than_are_allowed_are_no_cut():
    """Neither in the counts nor in the reason."""
    choice = {"text": "two words", "finish_reason": "stop", "index": 0}
    reply = {"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}

    assert [BROKEN[law]({"max_tokens": 9}, reply) for law in ("bounded", "cut-is-told")] == [None, None]
