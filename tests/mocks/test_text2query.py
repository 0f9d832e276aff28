"""The text-to-query mock: SQL and Cypher behind one route."""

import pytest

from mocks.text2query import COMPS, COUNT, DOWN, QUESTION, URL
from tests.mocks.contract import ask, broken, examples

SQL, CYPHER = COMPS
PATH, HEALTH = "/v1/text2query", "/v1/db/health"


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_each_component_answers_in_its_own_shape():
    """SQL with a result that tells the whole request back, Cypher with bare rows."""
    result = ask(SQL, "POST", PATH, {"query": COUNT, "conn_url": URL}).json()["result"]

    assert (result["output"], result["input"]["query"], result["input"]["options"]) == ("4", COUNT, {})
    assert {"s.name": "thirst"} in ask(CYPHER, "POST", PATH, {"query": QUESTION}).json()


@pytest.mark.parametrize(
    ("comp", "path", "body", "why"),
    [
        (SQL, PATH, {"query": COUNT}, "conn_url: is no address of a database, like postgresql://user:password@host:5432/name"),
        (SQL, PATH, {"query": COUNT, **DOWN}, "Failed to connect to database: postgres.invalid"),
        (SQL, HEALTH, DOWN, "Failed to connect to database: postgres.invalid"),
        (CYPHER, PATH, {}, "query: is missing; it is the question"),
        (CYPHER, PATH, {"query": "x", "options": {"cypher_insert": 7}}, "options.cypher_insert: is no text"),
        (CYPHER, PATH, {"query": "x", "options": {"cypher_insert": "x"}}, "cypher: 'x' begins with no MATCH, MERGE or CREATE"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_and_an_internal_error_upstream(comp, path, body, why):
    """No refusal holds a password."""
    reply = ask(comp, "POST", path, body)

    assert (reply.status_code, reply.json()) == (400, {"detail": why})
    assert "testpwd" not in reply.text
    assert ask(comp, "POST", path, body, like_upstream=True).status_code == 500


def test_a_user_beside_the_url_is_promised_and_an_internal_error_upstream():
    """It looks for a field that its own model does not have."""
    body = {"query": COUNT, "conn_url": "postgresql://host/x", "conn_user": "a", "conn_password": "b"}

    assert ask(SQL, "POST", PATH, body).status_code == 200
    assert ask(SQL, "POST", PATH, body, like_upstream=True).status_code == 500


def test_the_graphs_health_is_never_looked_at():
    """Whatever is asked, all is well."""

    assert ask(CYPHER, "POST", HEALTH, DOWN).json() == {"status": "Connection successful"}
