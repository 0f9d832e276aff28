"""What a mock of a language model says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sse import EventParser, Reply
from mocks._speech import Limit, heard, speak, split, stops, streamed
from mocks._text import UNKNOWN_ANSWER, write_prompt

DOCUMENTS = ("A day ticket costs four crowns.", "The depot has nine bays.")
QUESTION = "What does a day ticket cost?"


@given(st.text())
def test_the_tokens_of_a_text_joined_are_the_text(text):
    """Nothing is lost, whatever the spaces."""
    assert "".join(split(text)) == text


def test_a_prompt_brings_its_documents_along():
    """OPEA's template and documents given beside the question mean the same."""
    assert speak(write_prompt(QUESTION, DOCUMENTS)).text == DOCUMENTS[0]
    assert speak(QUESTION, DOCUMENTS).text == DOCUMENTS[0]


def test_the_same_prompt_has_the_same_speech_and_another_has_another_id():
    """Speech is a pure function of what was asked."""
    assert speak(QUESTION, DOCUMENTS) == speak(QUESTION, DOCUMENTS)
    assert speak(QUESTION, DOCUMENTS).id != speak(QUESTION).id


def test_a_speech_as_long_as_its_limit_is_not_cut():
    """Only what is longer finishes with length."""
    tokens = len(split(UNKNOWN_ANSWER))

    assert speak("?", (), Limit(tokens)).finish_reason == "stop"
    assert speak("?", (), Limit(tokens - 1)).finish_reason == "length"


def test_the_last_user_is_heard_and_the_system_is_context():
    """Parts of a message are read, images are not."""
    question, context = heard(
        [
            {"role": "system", "content": "one\n\ntwo"},
            {"role": "user", "content": "before"},
            {"role": "assistant", "content": "said"},
            {
                "role": "user",
                "content": [{"type": "text", "text": "now"}, {"type": "image_url", "image_url": {}}],
            },
        ]
    )

    assert (question, context) == ("now", ("one", "two"))


@pytest.mark.parametrize(("given", "words"), [(None, ()), ("a", ("a",)), (["a", "b"], ("a", "b"))])
def test_stop_is_a_word_several_or_none(given, words):
    """Requests may say it in three ways."""
    assert stops(given) == words


@pytest.mark.parametrize("dialect", ["openai", "raw_delta", "ndjson", "tgi"])
def test_each_item_of_a_stream_is_one_event(dialect):
    """A fault can stand between any two of them."""
    stream = streamed(dialect, speak(QUESTION, DOCUMENTS), Reply(usage={}))
    items = [*stream.head, *stream.tokens, *stream.tail]

    assert len(stream.tokens) == 6
    if dialect != "ndjson":
        assert [len(EventParser().feed(0, item)) for item in items] == [1] * len(items)
    assert all(item.endswith(b"\n") for item in items)
