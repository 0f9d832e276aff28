"""The assistant for hearings finds what a transcript says of its case."""

import json

import pytest

from mocks.arb_post_hearing_assistant import COMPS, FOUND, TRANSCRIPT, extracted
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
PATH = "/v1/arb-post-hearing"
LAWS = {law.id: law for law in COMP.endpoint(PATH).variants[0].laws}


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_the_text_is_json_of_what_the_transcript_says():
    """The summary is its first sentences, without the times of speech."""
    said = json.loads(ask(COMP, "POST", PATH, {"messages": TRANSCRIPT}).json()["text"])
    summary = said.pop("summary")

    assert said == FOUND
    assert summary.startswith("This is the hearing on 2025-09-17")
    assert "10:00" not in summary


@pytest.mark.parametrize(
    ("transcript", "name", "found"),
    [
        ("Venue: Mumbai High Court. Done.", "venue", "Mumbai High Court"),
        (
            "The hearing of September 17, 2025 at 10:00 AM began.",
            "hearing_date",
            "September 17, 2025 at 10:00 AM",
        ),
        ("The matter was settled.", "outcome", {"outcome": "settled"}),
        ("The next hearing will be on 1 May 2026.", "next_hearing", {"next_date": "1 May 2026"}),
    ],
)
def test_each_part_is_found_in_its_own_words(transcript, name, found):
    """Dates may be written in several ways."""

    assert extracted(transcript)[name] == found


def test_what_a_transcript_does_not_say_is_left_out():
    """No key stands there without a value."""

    assert extracted("Nothing happened.") == {"summary": "Nothing happened."}


def test_messages_are_read_and_are_an_internal_error_upstream():
    """The model takes them, so they are promised."""
    body = {"messages": [{"role": "user", "content": TRANSCRIPT}]}

    assert ask(COMP, "POST", PATH, body).json()["prompt"] == TRANSCRIPT
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500


def test_no_transcript_is_refused_with_a_reason():
    """There is nothing to find."""

    assert ask(COMP, "POST", PATH, {"messages": []}).json() == {
        "detail": "messages: hold no transcript; there is nothing to work on"
    }


def test_each_law_has_been_seen_to_fail():
    """No JSON, no object, a foreign key, another prompt."""
    is_json = LAWS["is-json"]

    assert is_json.broken({}, {"text": "no"}) == "text: 'no' is no JSON"
    assert is_json.broken({}, {"text": "[]"}) == "text: is JSON, and no object"
    assert is_json.broken({}, {"text": '{"x": 1}'}) == "text: has keys that were not asked for: ['x']"
    assert LAWS["keeps-prompt"].broken({"messages": "a"}, {"prompt": "b"}) == "prompt: is not what was asked"
