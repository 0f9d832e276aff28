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
    parts = [{"role": "user", "content": [{"type": "text", "text": "x"}]}]
    for messages in ([], [{"role": "system", "content": "x"}], parts):
        body = {**ASKED, "messages": messages}
        real = ask(COMP, "POST", PATH, body, like_upstream=True)
        cut = ask(COMP, "POST", PATH, {**body, "stream": True}, like_upstream=True)

        assert ask(COMP, "POST", PATH, body).json() == {"detail": "messages: hold no user's text last"}
        assert (real.status_code, real.text) == (500, "Internal Server Error")
        assert (cut.status_code, cut.text) == (200, "")


def test_a_limit_below_one_is_refused():
    """As a model of transformers refuses it, which is an internal error there; an empty text is none."""
    refused = ask(COMP, "POST", PATH, {**ASKED, "max_tokens": 0})

    assert refused.json() == {"detail": "max_tokens: is 0; an answer has one token at least"}
    assert ask(COMP, "POST", PATH, {**ASKED, "max_tokens": -1}, like_upstream=True).status_code == 500
    assert ask(COMP, "POST", PATH, {**ASKED, "messages": ""}, like_upstream=True).status_code == 200


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"temperature": "hot"}, [["temperature"]]),
        ({"response_format": {"type": "xml"}}, [["response_format", "type"]]),
        ({"stop": 7}, [["stop", "str"], ["stop", "list[str]"]]),
        ({"seed": 2**70}, [["seed"]]),
        ({"guided_json": 7}, [["guided_json", "str"], ["guided_json", "dict[any,any]"], ["guided_json", "BaseModel"]]),
    ],
)  # fmt: skip
def test_a_field_of_a_wrong_kind_is_refused_at_its_place(change, loc):
    """As the real model of the request tells it, one error for each member of a union."""
    detail = ask(COMP, "POST", PATH, {**ASKED, **change}).json()["detail"]

    assert [each["loc"] for each in detail] == [["body", *each] for each in loc]


def test_an_empty_reply_breaks_the_law():
    """The law has been seen to fail."""
    law = COMP.endpoints[0].variants[0].laws[0]

    assert law.broken({}, []) == "the reply holds 0 texts, or an empty one"
    assert law.broken({}, {"text": ""}) == "the reply holds 1 texts, or an empty one"
