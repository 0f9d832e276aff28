"""From what Docker really says to what the rules read."""

import json
from pathlib import Path

import pytest

from harness.containers.engine import OWNER
from harness.doctor.inspection import container_of, seconds
from harness.doctor.seen import Port
from tests.doctor.stacks import inspected, seed

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "doctor" / "inspect.json").read_text())
RETRIEVER, KILLED, EMBEDDING = map(container_of, RECORDED)


def test_a_restarting_container_is_read():
    """Its state, how often it was restarted, compose's names, and its environment."""
    assert (RETRIEVER.name, RETRIEVER.project, RETRIEVER.service) == ("try-retriever", "try", "retriever")
    assert (RETRIEVER.state.exit_code, RETRIEVER.restart) == (1, "always")
    assert RETRIEVER.state.restarts > 5
    assert RETRIEVER.environment["PG_CONNECTION_STRING"].endswith("@db:5432/x")
    assert list(RETRIEVER.networks) == ["try_net"]
    assert RETRIEVER.hostname == ""
    assert RETRIEVER.command[:2] == ("bash", "-c")


def test_a_killed_container_is_read():
    """The kernel's word, the limit, and that it was never restarted."""
    state = KILLED.state

    assert (state.word, state.exit_code, state.is_oom, state.restarts) == ("exited", 137, True, 0)
    assert KILLED.memory_bytes == 16 * 2**20
    assert 0 < state.began_s < state.ended_s


def test_a_published_port_is_known_while_the_container_is_down():
    """Then only the wish for it is there, with port 0 for any; exposed ports are known by their number."""
    assert [port.target for port in EMBEDDING.ports] == [6000]
    assert container_of(seed().inspect["clip-embedding-server"]).ports == (Port(6000, 10203, "0.0.0.0"),)


def test_health_is_read_with_what_the_last_try_said():
    """A check that is switched off is none."""
    stack = seed().check("jaeger", "wget -q localhost", "unhealthy", "no such host", 3)
    found = container_of(stack.inspect["jaeger"]).health
    stack.inspect["jaeger"]["Config"]["Healthcheck"] = {"Test": ["NONE"]}

    assert (found.word, found.failures, found.output) == ("unhealthy", 3, "no such host")
    assert container_of(stack.inspect["jaeger"]).health is None


def test_who_waits_for_whom_is_compose_s_to_say():
    """By the label that it puts on what it creates."""
    assert container_of(seed().inspect["retriever-pgvector"]).awaits == {"pgvector-db": "service_healthy"}


def test_a_container_of_the_harness_is_called_as_its_service_is():
    """Docker made its name up; that of another is its own."""
    said = inspected("unruffled_robinson", "opea/retriever", 7)
    joined = said["NetworkSettings"]["Networks"]["seed_default"]
    said["Config"]["Labels"], joined["Aliases"] = {OWNER: "x"}, ["unruffled_robinson", "retriever"]
    ours = container_of(said)
    said["Config"]["Labels"] = {}

    assert (ours.service, ours.label) == ("retriever", "retriever")
    assert container_of(said).label == "unruffled_robinson"


def test_a_container_of_which_little_is_said_is_read_all_the_same():
    """Whatever is missing has its default."""
    found = container_of({"Name": "/x", "Config": None, "HostConfig": None, "State": None})

    assert (found.name, found.state.word, found.ports, found.health) == ("x", "running", (), None)


@pytest.mark.parametrize(
    ("stamp", "when"),
    [("1970-01-01T00:01:00.123456789Z", 60.123456), ("0001-01-01T00:00:00Z", 0.0), ("", 0.0), ("soon", 0.0)],
)
def test_docker_s_times_are_seconds(stamp, when):
    """With nanoseconds and without; its year 1 is never."""
    assert seconds(stamp) == when
