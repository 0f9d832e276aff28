"""Databases that are not the ones that are meant."""

import pytest

from tests.doctor.stacks import chatqna, seed

PG = "retriever-pgvector"


@pytest.mark.parametrize(
    "string",
    [
        "postgresql+psycopg2://testuser:testpwd@db:5432/vectordb?sslmode=disable",
        "postgresql://db:5432/",
        "http://db:5432/vectors",
        "postgresql://testuser:test%70wd@db/vectordb",
    ],
)
def test_what_names_the_same_is_well(string):
    """Options, defaults, other schemes and percent signs are no difference."""
    assert seed().env(PG, "PG_CONNECTION_STRING", string).diagnosis().findings == ()


def test_no_password_is_shown():
    """Neither that of the one nor of the other."""
    (found,) = (
        seed()
        .env(PG, "PG_CONNECTION_STRING", "postgresql://testuser:hunter2@db/vectordb")
        .diagnosis()
        .findings
    )

    assert found.cause == "wrong-password"
    assert "hunter2" not in repr(found)
    assert "testpwd" not in repr(found)


def test_a_database_without_a_name_has_its_users():
    """As PostgreSQL's image makes it."""
    stack = seed().env("pgvector-db", "POSTGRES_DB", None)

    (found,) = stack.diagnosis().findings

    assert "names the database vectordb, pgvector-db was given has testuser (POSTGRES_DB)" in found.what


def test_two_embeddings_are_no_two_stores():
    """Which model answers is another question."""
    stack = chatqna().env("dataprep-redis-server", "TEI_EMBEDDING_ENDPOINT", "http://vllm-service:80")

    assert stack.diagnosis().findings == ()
