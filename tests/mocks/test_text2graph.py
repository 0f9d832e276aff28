"""The text-to-graph mock finds plain facts in a text."""

import pytest

from mocks.text2graph import COMPS, TEXT, triplets
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
PATH = "/v1/text2graph"
LAWS = {law.id: law for law in COMP.endpoint(PATH).variants[0].laws}


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("Oslo is the capital of Norway.", ("Oslo", "capital of", "Norway")),
        ("The depot lies in Leith.", ("depot", "located in the administrative territorial entity", "Leith")),
        ("A tram is a rail vehicle.", ("tram", "instance of", "rail vehicle")),
        ("Rails are made of steel.", ("Rails", "material used", "steel")),
        ("A tram has wheels.", ("tram", "has part", "wheels")),
    ],
)
def test_a_fact_is_found_by_its_verb(sentence, fact):
    """Without the articles."""
    (found,) = triplets(sentence)

    assert (found.head, found.type, found.tail) == fact


def test_a_sentence_without_a_known_verb_states_nothing():
    """What is said twice is found once."""

    assert triplets("Who goes there? Go!") == []
    assert len(triplets("A is part of B. A is part of B.")) == 1


def test_the_text_is_read_from_the_query_and_not_from_a_body():
    """A JSON body is 422, and says where the text belongs."""
    refused = ask(COMP, "POST", PATH, {"input_text": TEXT})

    assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["query", "input_text"])
    assert ask(COMP, "POST", f"{PATH}?input_text=A%20tram%20has%20wheels").json() == {
        "result": {
            "graph_triplets": {
                "entities": {"tram": {"title": "tram"}, "wheels": {"title": "wheels"}},
                "relations": [{"head": "tram", "type": "has part", "tail": "wheels"}],
            }
        }
    }


def test_each_law_has_been_seen_to_fail():
    """Words from elsewhere, a fact twice."""
    fact = {"head": "a", "type": "x", "tail": "b"}

    def told(*facts):
        return {"result": {"graph_triplets": {"entities": {}, "relations": [*facts]}}}

    assert LAWS["in-text"].broken({"input_text": "a c"}, told(fact)) == (
        "relations[0].tail: 'b' is not in the text"
    )
    assert LAWS["each-once"].broken({}, told(fact, fact)) == f"relations: {fact} comes twice"
