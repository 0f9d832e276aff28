"""What a caller asks, and what it is answered."""

import re

import orjson
import pytest

from harness.gateway.chat import completion, read_request, unreadable
from harness.megaservice import Asked


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ("When?", "When?"),
        ([{"role": "user", "content": "Hello"}, {"role": "user", "content": "When?"}], "When?"),
        ([{"role": "user", "content": [{"type": "text", "text": "When?"}]}], "When?"),
    ],
)
def test_the_question_is_what_the_user_said_last(messages, text):
    """As a text, as a message, as a message in parts."""
    asked = read_request(orjson.dumps({"messages": messages, "stream": False}))

    assert (asked.text, asked.stream) == (text, False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "the body is no JSON: "),
        (b"[]", "the body is a list; it is an object with `messages`"),
        (b'{"messages": "x", "stream": "yes"}', "stream: is 'yes'; it is true or false"),
        (
            b'{"messages": []}',
            "messages: holds no question; it is a text, or a list whose last user message has one",
        ),
    ],
)
def test_what_is_no_question_is_told(body, words):
    """Each with what it is and what would be right."""
    with pytest.raises(ValueError, match=f"^{re.escape(words)}") as told:
        read_request(body)

    assert orjson.loads(unreadable(str(told.value)))["status"] == 422


def test_an_answer_is_a_chat_completion():
    """With the text, and words counted as tokens."""
    answer = orjson.loads(completion("rag", Asked({}, "When does it leave?", stream=False), "At five."))

    assert answer["choices"][0]["message"]["content"] == "At five."
    assert answer["usage"] == {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}


def test_a_stream_is_asked_for_unless_the_caller_says_otherwise():
    """As OPEA's ChatQnA has it."""
    assert read_request(b'{"messages": "x"}').stream
    assert not read_request(b'{"messages": "x", "stream": false}').stream
