"""IPEX."""

import pytest

from harness.sse import TextStream
from mocks.third_parties.ipex import ASKED, COMP
from tests.mocks.contract import ask

PATH = "/v1/chat/completions"
TOLD = {
    **ASKED,
    "messages": [
        {"role": "system", "content": "A tram runs on rails."},
        {"role": "user", "content": "What runs on rails?"},
    ],
}


def test_the_reply_is_a_list_of_one_text_that_a_stream_says_too():
    """The question stands before its answer."""
    stream = TextStream("raw_delta")
    stream.feed(0, ask(COMP, "POST", PATH, {**TOLD, "stream": True}).content)
    stream.finish(1)

    assert (
        ask(COMP, "POST", PATH, TOLD).json() == ["What runs on rails? A tram runs on rails."] == [stream.text]
    )
    assert stream.outcome == "whole"


@pytest.mark.parametrize(("field", "value"), [("temperature", 0.1), ("guided_regex", "x"), ("n", 2)])
def test_fields_of_no_effect_are_passed_over(field, value):
    """OpenAI's and vLLM's."""
    assert ask(COMP, "POST", PATH, {**TOLD, field: value}).status_code == 200


def test_a_field_of_nobodys_is_refused():
    """Alone among OPEA's servers."""
    reply = ask(COMP, "POST", PATH, {**TOLD, "more": 1})

    assert reply.status_code == 422
    assert reply.json()["detail"][0]["type"] == "extra_forbidden"


def test_a_chat_without_a_question_is_refused():
    """There is nothing to continue."""
    assert ask(COMP, "POST", PATH, {**ASKED, "messages": []}).json() == {
        "detail": "messages: hold no user's message"
    }


def test_an_empty_reply_breaks_the_law():
    """The law has been seen to fail."""
    law = COMP.endpoints[0].variants[0].laws[0]

    assert law.broken({}, []) == "the reply holds 0 texts, or an empty one"
    assert law.broken({}, {"text": ""}) == "the reply holds 1 texts, or an empty one"
