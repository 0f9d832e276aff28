"""What was seen, as a person would call it."""

import pytest

from harness.doctor.seen import Answer, Container, Joined, State


@pytest.mark.parametrize(
    ("name", "project", "service", "label"),
    [
        ("seed-retriever-1", "seed", "retriever", "retriever"),
        ("seed_retriever_1", "seed", "retriever", "retriever"),
        ("retriever-pgvector", "seed", "retriever", "retriever-pgvector"),
        ("lonely", "", "", "lonely"),
    ],
)
def test_a_name_that_compose_made_is_the_services(name, project, service, label):
    """A name of one's own stays, as `docker ps` shows it."""
    assert Container(name, "x", project=project, service=service).label == label


def test_a_container_says_whether_it_is_up_and_where():
    """Paused is not up; a network that is down has no address."""
    networks = {"a": Joined("172.18.0.2"), "b": Joined("")}
    one, other = Container("a", "x", networks=networks), Container("b", "x", State("paused"))

    assert (one.is_up, other.is_up, one.addresses) == (True, False, ("172.18.0.2",))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer("GET /x", error="refused", took_ms=3.0), "GET /x: refused after 3 ms"),
        (Answer("GET /x", 200, "", b""), "GET /x: 200 with an empty body"),
        (Answer("GET /x", 422, "", b'{"detail":\n "no"}'), 'GET /x: 422 {"detail": "no"}'),
    ],
)
def test_an_answer_is_one_line_of_evidence(answer, told):
    """What was asked, and what came."""
    assert answer.told == told
