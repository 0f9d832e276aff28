"""How a guardrail answers, and when the answer breaks its law."""

import pytest

from mocks.guardrails._verdict import LAW, blocked, passed

ASKED = {"text": "a"}


@pytest.mark.parametrize("verdict", [passed("a"), blocked("bias")])
def test_both_verdicts_keep_the_law(verdict):
    """A passed text and a blocked one are what is promised."""
    assert LAW.broken(ASKED, verdict.model_dump()) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"downstream_black_list": [], "text": "b"}, "text: let through as 'b', which was not asked"),
        ({"downstream_black_list": [".*"], "text": "no"}, "text: blocked without policy, 'no'"),
        (
            {"downstream_black_list": ["llm"], "text": "a"},
            "downstream_black_list: is ['llm'], neither [] nor ['.*']",
        ),
    ],
)
def test_an_altered_text_breaks_the_law(reply, words):
    """What is neither passed nor blocked is said to be so."""
    assert LAW.broken(ASKED, reply) == words
