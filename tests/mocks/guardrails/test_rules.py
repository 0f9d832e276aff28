"""Which texts are blocked, and for what."""

import pytest

from mocks.guardrails._rules import POLICIES, first_found, personal, violated


@pytest.mark.parametrize(("policy", "words"), POLICIES.items())
def test_every_word_blocks_for_its_policy(policy, words):
    """No word is shadowed by another policy's."""
    assert {violated(f"How to {word}?") for word in words} == {policy}


def test_a_word_counts_only_whole():
    """A gunnel is no gun, a skill no kill."""
    assert violated("the gunnel of a boat, a skill") is None


def test_the_first_word_in_the_list_is_found():
    """Case does not matter."""
    assert first_found(("b", "a"), "A b") == "b"
    assert first_found(("c",), "A b") is None


def test_personal_data_do_not_overlap():
    """A number within an address is not found twice."""
    assert personal("mail 123-45-6789@example.org") == [(5, 28, "EMAIL_ADDRESS")]
