"""Router."""

import pytest

from mocks.router import COMPS, strength
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/route"
HARD = {"text": "Prove the theorem."}


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is 2 + 2?", "weak"),
        ("Prove it.", "strong"),
        ("Improve it.", "weak"),
        ("word " * 61, "strong"),
        (["Hello.", "Debug this:", "x"], "strong"),
        (None, "weak"),
    ],
)
def test_a_question_that_looks_hard_needs_the_strong_model(text, found):
    """By its words or its length."""
    assert strength(text) == found


def test_the_settings_name_the_addresses():
    """As the environment does upstream."""
    settings = {"STRONG_ENDPOINT": "http://x/strong"}

    assert ask(COMP, "POST", PATH, HARD, settings).json() == {"url": "http://x/strong"}


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({}, "${WEAK_ENDPOINT:-http://opea_router:8000/weak}"),
        (HARD, "${STRONG_ENDPOINT:-http://opea_router:8000/strong}"),
    ],
)
def test_upstream_gives_the_address_as_its_configuration_writes_it(body, url):
    """With 200, which nobody can call."""
    known = ask(COMP, "POST", PATH, body, like_upstream=True)

    assert (known.status_code, known.json()) == (200, {"url": url})


def test_what_is_no_address_breaks_the_law():
    """The law has been seen to fail."""
    law = COMP.endpoints[0].variants[0].laws[0]

    assert law.broken({}, {"url": "${X:-http://x}"}) == "url: is '${X:-http://x}', no address (http or https)"


def test_it_keeps_no_statistics():
    """Nor does upstream."""
    assert ask(COMP, "GET", "/v1/statistics").json() == {}
