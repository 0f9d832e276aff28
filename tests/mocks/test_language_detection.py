"""Language detection."""

import pytest

from mocks.language_detection import ANSWERED, COMPS, LAWS, TEXT
from tests.mocks.contract import ask, broken

PIPELINE, STANDALONE = COMPS
PATH = "/v1/language_detection"
BROKEN = {law.id: law.broken for law in LAWS}


@pytest.mark.parametrize("comp", COMPS, ids=lambda comp: comp.id)
def test_the_mock_keeps_its_contract(comp):
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(comp) == []


@pytest.mark.parametrize("body", [ANSWERED, TEXT])
def test_an_answer_goes_into_the_language_of_its_question_a_text_into_the_one_named(body):
    """The variables of a prompt come back, filled."""
    reply = ask(PIPELINE, "POST", PATH, body).json()

    assert reply["data"] == {"text": body["text"], "source_lang": "English", "target_lang": "Chinese"}
    assert reply["conversation_history_parse_type"] == "naive"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"text": " ", "target_language": "French"}, "Text to to be translated cannot be empty."),
        ({"text": "x", "target_language": " "}, "Target language cannot be empty."),
        (
            {"text": "お元気ですか", "target_language": "French"},
            "Original language of text is not supported.",
        ),
        ({"text": "x", "target_language": "french"}, "Provided target language is not supported."),
        ({"text": "x", "prompt": ""}, "Initial query cannot be empty."),
        ({"text": "", "prompt": "x"}, "Answer from LLM cannot be empty."),
        ({"text": "x", "prompt": "x"}, "Question not found in the prompt!"),
        ({"text": "x", "prompt": "### Question: 안녕하세요"}, "Language of query is not supported."),
        ({"text": "안녕하세요", "prompt": "### Question: Why?"}, "Language of answer is not supported."),
    ],
)
def test_what_cannot_be_told_is_refused_in_upstreams_words(body, why):
    """With 400."""
    reply = ask(PIPELINE, "POST", PATH, body)

    assert reply.status_code == 400
    assert reply.json() == {"detail": f"An internal error occurred while processing: {why}"}


@pytest.mark.parametrize(
    ("comp", "right", "wrong", "words"),
    [
        (PIPELINE, ANSWERED, TEXT, "'TranslationInput' object has no attribute 'prompt'"),
        (STANDALONE, TEXT, ANSWERED, "'GeneratedDoc' object has no attribute 'target_language'"),
        (STANDALONE, TEXT, {**TEXT, **ANSWERED}, "'GeneratedDoc' object has no attribute 'target_language'"),
    ],
)
def test_upstream_fails_over_the_input_of_the_other_mode(comp, right, wrong, words):
    """The promise is to take both."""
    known = ask(comp, "POST", PATH, wrong, like_upstream=True)

    assert ask(comp, "POST", PATH, right, like_upstream=True).status_code == 200
    assert ask(comp, "POST", PATH, wrong).status_code == 200
    assert (known.status_code, known.json()) == (
        500,
        {"detail": f"An error occurred while processing: {words}"},
    )


def test_each_law_has_been_seen_to_fail():
    """Languages, text, templates."""
    reply = {
        "data": {"source_lang": "Klingon"},
        "system_prompt_template": "{source_lang}",
        "user_prompt_template": "",
    }

    assert BROKEN["languages"]({}, reply) == "data.source_lang: is 'Klingon', no language that is known"
    assert BROKEN["text-kept"]({"text": "x"}, reply) == "data.text: is None, given was 'x'"
    assert BROKEN["templates"]({}, reply) == "the templates lack {target_lang}"
