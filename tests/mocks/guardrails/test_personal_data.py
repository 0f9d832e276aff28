"""Personal data in a prompt."""

import pytest

from mocks.guardrails.personal_data import COMP
from tests.mocks.contract import ask


def replaced(prompt, method):
    body = {"prompt": prompt, "replace": True, "replace_method": method}
    return ask(COMP, "POST", "/v1/pii", body).json()["new_prompt"]


@pytest.mark.parametrize(
    ("prompt", "kind", "datum"),
    [
        ("at 10.0.0.7 now", "IP_ADDRESS", "10.0.0.7"),
        ("SSN 123-45-6789", "US_SSN", "123-45-6789"),
        ("call +49 30 1234567", "PHONE_NUMBER", "+49 30 1234567"),
        ("write to a.b@example.org", "EMAIL_ADDRESS", "a.b@example.org"),
    ],
)
def test_each_kind_is_found_where_it_stands(prompt, kind, datum):
    """Begin and end cut the datum out of the prompt."""
    (found,) = ask(COMP, "POST", "/v1/pii", {"prompt": prompt}).json()["detected_pii"]

    assert (found["type"], prompt[found["start"] : found["end"]]) == (kind, datum)


def test_personal_data_are_replaced_as_asked():
    """By stars, by their kind, or by letters that are the same each time."""
    assert replaced("My name is John", "mask") == "My name is ****"
    assert replaced("My name is John", "category") == "My name is [PERSON]"
    assert replaced("My name is John", "random") == replaced("My name is John", "random")
    assert "John" not in replaced("My name is John", "random")


@pytest.mark.parametrize("body", [{}, {"text": "x"}, {"prompt": 5}, {"prompt": "x", "text": "y"}], ids=str)
def test_what_is_no_prompt_is_refused_and_upstream_an_internal_error(body):
    """A text document takes everything, and has no prompt."""
    answered = [
        ask(COMP, "POST", "/v1/pii", body, like_upstream=is_like).status_code for is_like in (False, True)
    ]

    assert answered == [400, 500]
