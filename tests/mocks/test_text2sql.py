"""The text-to-SQL mock answers questions with what SQL fetches."""

import pytest

from mocks.text2sql import COMPS, DATABASE, LAWS, NOWHERE, QUESTION
from tests.mocks.contract import ask, broken, examples

(COMP,) = COMPS
PATH, HEALTH = "/v1/text2sql", "/v1/postgres/health"


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_a_question_is_answered_with_its_sql():
    """Out of the mock's own tables, between the request, which comes back whole, and what the agent did, as upstream's agent tells it."""
    asked = {"input_text": QUESTION, "conn_str": DATABASE}
    said = ask(COMP, "POST", PATH, asked).json()
    sql = "SELECT COUNT(DISTINCT albums.id) FROM albums"
    log = f"Action: sql_db_query\nAction Input: {sql}"
    step = {"tool": "sql_db_query", "tool_input": sql, "log": log, "type": "AgentAction"}

    assert said["result"] == {"input": asked, "output": "4", "intermediate_steps": [[step, "4"]], "sql": sql}
    assert [*said["result"]] == ["input", "output", "intermediate_steps", "sql"]


@pytest.mark.parametrize(
    ("path", "body", "why", "known"),
    [
        (PATH, {"input_text": "x"}, "conn_str: is missing; it says which database is asked", "Internal Server Error"),
        (PATH, {"input_text": "x", "conn_str": NOWHERE}, "Failed to connect to PostgreSQL database", '{"detail":"Failed to connect to PostgreSQL database"}'),
        (HEALTH, {"conn_str": NOWHERE}, "Failed to connect to PostgreSQL database", '{"detail":"Failed to connect to PostgreSQL database"}'),
    ],
)  # fmt: skip
def test_a_database_that_is_not_there_is_refused_and_an_internal_error_upstream(path, body, why, known):
    """A missing one, and one that does not answer."""
    promised, real = ask(COMP, "POST", path, body), ask(COMP, "POST", path, body, like_upstream=True)

    assert (promised.status_code, promised.json()) == (400, {"detail": why})
    assert (real.status_code, real.text) == (500, known)


def test_each_law_has_been_seen_to_fail():
    """Another question, no SELECT, two statements."""
    question_kept, is_select = LAWS

    assert question_kept.broken({"input_text": "a"}, {"result": {"input": {"input_text": "b"}}}) == (
        "result.input.input_text: is 'b', asked was 'a'"
    )
    assert question_kept.broken({"query": "a"}, {"result": {"input": {"query": "a"}}}) is None
    assert (
        is_select.broken({}, {"result": {"sql": "DROP TABLE x"}}) == "result.sql: 'DROP TABLE x' is no SELECT"
    )
    assert is_select.broken({}, {"result": {"sql": "SELECT 1; DROP TABLE x"}}) == (
        "result.sql: is more than one statement"
    )
