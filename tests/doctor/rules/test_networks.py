"""Containers that cannot reach each other."""

import pytest

from harness.doctor.seen import Knock
from tests.doctor.stacks import seed


@pytest.mark.parametrize("is_open", [True, None])
def test_a_port_that_is_open_or_cannot_be_tried_is_no_finding(is_open):
    """On some machines the containers' network is out of reach."""
    stack = seed()
    stack.knocks.append(Knock("pgvector-db", 5432, is_open))

    assert stack.diagnosis().findings == ()


def test_a_closed_port_names_the_one_that_is_there():
    """The fix is the address to call."""
    stack = seed().env(
        "retriever-pgvector", "PG_CONNECTION_STRING", "postgresql://testuser:testpwd@db:5433/vectordb"
    )
    stack.knocks.append(Knock("pgvector-db", 5433, is_open=False))

    (found,) = stack.diagnosis().findings

    assert (found.id, found.fix) == ("port-closed", "Call db:5432")
    assert found.what.endswith("where nothing listens in its container; it has 5432")


def test_two_in_the_machines_network_need_no_other():
    """They meet there."""
    stack = seed().network("retriever-pgvector", "host").network("pgvector-db", "host")
    for name in ("retriever-pgvector", "pgvector-db"):
        stack.inspect[name]["HostConfig"]["NetworkMode"] = "host"

    assert "networks-apart" not in {each.id for each in stack.diagnosis().findings}
