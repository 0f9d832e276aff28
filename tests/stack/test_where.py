"""Where the parts of a stack are."""

import pytest

from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.stack.where import Where, check_nodes, is_mock, shown

RAG = discover(SCENARIO)["rag"]
SECRET = "postgresql://user:pass@db.test:5432/vectors?sslmode=require"


@pytest.mark.parametrize(
    ("jaeger", "url"),
    [("embedded", ""), ("process", ""), ("none", ""), ("http://127.0.0.1:16686/", "http://127.0.0.1:16686")],
)
def test_only_a_jaeger_that_runs_already_has_an_address(jaeger, url):
    """Ours get theirs when they are started."""
    assert Where(jaeger=jaeger).jaeger_url == url


@pytest.mark.parametrize(
    ("gateway", "url"), [("reference", None), ("opea", None), ("http://x:1/", "http://x:1")]
)
def test_only_a_gateway_that_runs_already_has_an_address(gateway, url):
    """Ours get theirs when they are started."""
    assert Where(gateway).gateway_url == url


def test_a_place_is_given_to_a_node_that_is_there():
    """Both the name and the place are looked at."""
    check_nodes(RAG, Where(nodes={"llm": "http://127.0.0.1:1", "dataprep": "mock"}))

    with pytest.raises(UsageError, match=r"--node nope: rag has no such node; nodes are \['guardrail_in', "):
        check_nodes(RAG, Where(nodes={"nope": "mock"}))
    with pytest.raises(UsageError, match="--node llm=ftp://x: a node is `mock`"):
        check_nodes(RAG, Where(nodes={"llm": "ftp://x"}))


@pytest.mark.parametrize(
    "place", ["pgvector", "postgresql://x/y", "postgres://x/y", "postgresql+psycopg2://x/y"]
)
def test_a_mock_may_keep_its_vectors_in_postgresql(place):
    """Ours or one that runs already; it stays a mock."""
    where = Where(nodes={"llm": "http://127.0.0.1:1", "retriever": place})
    check_nodes(RAG, where)

    assert (where.database, is_mock(place), is_mock("http://127.0.0.1:1")) == (place, True, False)
    assert Where(nodes={"retriever": "mock"}).database == ""


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            Where(nodes={"llm": "pgvector"}),
            r"--node llm=pgvector: llm keeps no vectors; what does is \['retriever', 'dataprep'\]",
        ),
        (
            Where(nodes={"retriever": "pgvector", "dataprep": SECRET}),
            r"--node dataprep=postgresql://db\.test:5432/vectors\?sslmode=require: vectors are kept in pgvector already",
        ),
        (
            Where(gateway="http://127.0.0.1:1", nodes={"retriever": "pgvector"}),
            r"--node retriever=pgvector: nothing of ours is started for http://127\.0\.0\.1:1, so no mock is there to use it",
        ),
    ],
    ids=["no-keeper", "two-places", "not-ours"],
)
def test_a_database_that_makes_no_sense_is_told(where, message):
    """The node, the place without its password, and why."""
    with pytest.raises(UsageError, match=message):
        check_nodes(RAG, where)


def test_a_jaeger_of_ours_is_no_good_to_a_gateway_that_runs_already():
    """It sends where it was told to."""
    with pytest.raises(
        UsageError, match=r"--jaeger process: http://127\.0\.0\.1:1 does not send to a Jaeger of ours"
    ):
        check_nodes(RAG, Where(gateway="http://127.0.0.1:1", jaeger="process"))


def test_a_place_is_told_without_its_secret():
    """Whoever is let in there is nobody's business; an address without is told as it is."""
    assert shown(SECRET) == "postgresql://db.test:5432/vectors?sslmode=require"
    assert [shown(place) for place in ("mock", "pgvector", "http://h:1/a@b")] == [
        "mock",
        "pgvector",
        "http://h:1/a@b",
    ]
