"""Text generation: what decides the shape, what is answered, and how it is streamed."""

import pytest

from harness.sse import TextStream
from mocks._text import UNKNOWN_ANSWER
from mocks.llms.text_generation import COMPS, DOCUMENTS, MESSAGES, QUESTION
from tests.mocks.contract import ask

SERVICE, OVMS, NATIVE = COMPS
PATH = "/v1/chat/completions"
PROMPTS = {
    "params": {"query": QUESTION, "documents": DOCUMENTS},
    "prompt": {"messages": QUESTION, "documents": DOCUMENTS},
    "chat": {"messages": [{"role": "system", "content": "\n".join(DOCUMENTS)}, *MESSAGES]},
}


def say(body, comp=SERVICE, settings=None):
    return ask(comp, "POST", PATH, body, settings)


def text_of(reply):
    choice = reply.json()["choices"][0]
    return choice["text"] if "text" in choice else choice["message"]["content"]


def stream_of(reply, dialect="openai"):
    stream = TextStream(dialect)
    stream.feed(0, reply.content)
    stream.finish(1)
    return stream


@pytest.mark.parametrize("shape", PROMPTS)
def test_the_answer_is_the_sentence_of_the_context_that_answers(shape):
    """However the documents come, the answer is out of them."""
    assert text_of(say({**PROMPTS[shape], "stream": False})) == DOCUMENTS[0]


@pytest.mark.parametrize(
    ("comp", "dialect", "shape"),
    [
        *((SERVICE, "openai", shape) for shape in PROMPTS),
        *((OVMS, "raw_delta", shape) for shape in ("prompt", "chat")),
    ],
)
def test_a_stream_says_what_the_whole_answer_says(comp, dialect, shape):
    """Every token arrives and the stream is whole."""
    stream = stream_of(say({**PROMPTS[shape], "stream": True}, comp), dialect)

    assert (stream.text, stream.outcome) == (DOCUMENTS[0], "whole")
    assert stream.tokens == len(DOCUMENTS[0].split())


def test_without_a_context_the_mock_says_so():
    """Nothing is made up."""
    assert text_of(say({"messages": QUESTION})) == UNKNOWN_ANSWER


def test_a_search_that_found_nothing_is_answered():
    """An empty context is no error; the real comp fails here."""
    found_nothing = {"initial_query": QUESTION, "retrieved_docs": []}

    assert text_of(say(found_nothing)) == UNKNOWN_ANSWER
    assert ask(SERVICE, "POST", PATH, found_nothing, like_upstream=True).status_code == 500


@pytest.mark.parametrize("stream", [False, True])
def test_a_nonce_of_the_question_comes_back(stream):
    """The answer of one request can be told from another's."""
    reply = say({"query": f"{QUESTION} [nonce:ab12]", "documents": DOCUMENTS, "stream": stream})

    assert (stream_of(reply).text if stream else text_of(reply)) == f"{DOCUMENTS[0]} [nonce:ab12]"


def test_the_temperature_changes_nothing():
    """Equal requests get equal replies, ids and times too."""
    hot = say({**PROMPTS["prompt"], "temperature": 2.0})

    assert hot.json() == say({**PROMPTS["prompt"], "temperature": 0}).json()


def test_usage_counts_what_was_said_and_asked():
    """The counts are those of the tokens, and their sum."""
    usage = say(PROMPTS["prompt"]).json()["usage"]
    asked = len(QUESTION.split()) + sum(len(text.split()) for text in DOCUMENTS)

    assert (usage["completion_tokens"], usage["prompt_tokens"]) == (len(DOCUMENTS[0].split()), asked)
    assert usage["total_tokens"] == usage["completion_tokens"] + usage["prompt_tokens"]


def test_a_stream_tells_usage_only_where_asked():
    """stream_options.include_usage adds the counts before the end mark."""
    asked = stream_of(say({**PROMPTS["prompt"], "stream": True, "stream_options": {"include_usage": True}}))

    assert asked.usage["completion_tokens"] == asked.tokens
    assert stream_of(say({**PROMPTS["prompt"], "stream": True})).usage is None


def test_like_upstream_a_text_completion_tells_no_usage():
    """Only chats hand `stream_options` on; their counts have all of OpenAI's fields."""
    how = {"stream": True, "stream_options": {"include_usage": True}}
    text, chat = (
        stream_of(ask(SERVICE, "POST", PATH, {**PROMPTS[name], **how}, like_upstream=True))
        for name in ("prompt", "chat")
    )

    assert text.usage is None
    assert chat.usage["completion_tokens_details"] is None


@pytest.mark.parametrize("tokens", [0, -1])
def test_a_question_with_no_tokens_is_answered_and_upstream_an_internal_error(tokens):
    """It becomes a chat there, which must have one at least."""
    body = {"query": QUESTION, "stream": False, "max_tokens": tokens}

    assert say(body).status_code == 200
    assert ask(SERVICE, "POST", PATH, body, like_upstream=True).status_code == 500


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_over_the_limit_is_cut_and_says_so(stream):
    """max_tokens counts tokens, and finish_reason is length."""
    reply = say({**PROMPTS["prompt"], "max_tokens": 3, "stream": stream})
    reason = stream_of(reply).finish_reason if stream else reply.json()["choices"][0]["finish_reason"]

    assert (stream_of(reply).text if stream else text_of(reply)) == "Deep learning is"
    assert reason == "length"


def test_an_answer_ends_before_a_stop_word():
    """What follows the stop word is not said."""
    assert text_of(say({**PROMPTS["prompt"], "stop": [" with"]})) == "Deep learning is learning"


def test_the_model_of_the_request_is_passed_over():
    """LLM_MODEL_ID answers, as upstream."""
    assert (
        say({**PROMPTS["prompt"], "model": "other"}, settings={"LLM_MODEL_ID": "mine"}).json()["model"]
        == "mine"
    )


def test_as_many_choices_come_as_were_asked_for():
    """n choices, each counted."""
    reply = say({**PROMPTS["chat"], "n": 2}).json()

    assert [choice["index"] for choice in reply["choices"]] == [0, 1]
    assert reply["usage"]["completion_tokens"] == 2 * len(DOCUMENTS[0].split())


def test_the_native_component_answers_with_a_document():
    """Text and prompt, in OPEA's own shape."""
    reply = say({**PROMPTS["params"], "stream": False}, NATIVE).json()

    assert (reply["text"], reply["prompt"]) == (DOCUMENTS[0], QUESTION)
    assert stream_of(say(PROMPTS["params"], NATIVE), "raw_delta").text == DOCUMENTS[0]
