"""The knowledge graph mock answers questions with its facts."""

import pytest

from mocks._text import UNKNOWN_ANSWER
from mocks.text2kg import COMPS
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
PATH = "/v1/text2kg"


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What are the symptoms of Migraine?", "The symptoms of Migraine are headache and nausea."),
        ("Which medication treats Asthma?", "The medication that treats Asthma is salbutamol."),
        ("Who wrote this?", UNKNOWN_ANSWER),
    ],
)
def test_a_question_is_answered_with_the_fact_that_it_is_about(question, said):
    """Or the mock says that it does not know."""
    reply = ask(COMP, "POST", f"{PATH}?input_text={question}")

    assert reply.json()["result"]["response"] == said


def test_an_empty_answer_breaks_the_law():
    """It has to say something."""
    (law,) = COMP.endpoint(PATH).variants[0].laws

    assert law.broken({}, {"result": {"response": ""}}) == "result.response: is empty"
