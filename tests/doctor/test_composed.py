"""Containers as lint reads services."""

import pytest

from harness.doctor.composed import called_name, composed, image_of
from harness.doctor.inspection import container_of
from harness.doctor.seen import Container, Joined
from tests.doctor.stacks import seed

STACK = seed().seen.containers


def test_a_container_is_a_service_of_its_names():
    """By the container's name, compose's, its host name and what its networks call it."""
    compose = composed(STACK)

    for host in ("pgvector-db", "db"):
        assert compose.named(host) is compose.services["pgvector-db"]
    assert compose.named("retriever").image == "opea/retriever"
    assert compose.named("nobody") is None
    assert not compose.is_part


def test_a_service_has_the_settings_of_its_container():
    """Ports on both sides, its check, and its environment but for the proxies."""
    service = composed(STACK).services["clip-embedding-server"]

    assert [(port.published, port.target) for port in service.ports] == [("10203", "6000")]
    assert service.value("EMBEDDING_COMPONENT_NAME") == "OPEA_CLIP_EMBEDDING"
    assert not service.gives("http_proxy")
    assert composed(STACK).services["pgvector-db"].check.command == "pg_isready -U testuser -d vectordb"


def test_a_dollar_is_no_variable_any_more():
    """What Docker shows has been filled in already."""
    service = composed([Container("x", "x", environment={"WORD": "a$b${c}"})]).services["x"]

    assert service.value("WORD") == "a$b${c}"


def test_a_spot_names_container_and_setting():
    """Its line is the setting's place, from 1."""
    container = container_of(seed().inspect["clip-embedding-server"])
    spot = composed([container]).services[container.name].place("TELEMETRY_ENDPOINT")

    assert (spot.file, called_name(container, spot.line)) == ("clip-embedding-server", "TELEMETRY_ENDPOINT")
    assert called_name(container, 0) is None
    assert called_name(container, 99) is None


def test_a_container_in_the_machines_network_is_on_the_host():
    """It calls published ports by localhost."""
    container = Container("x", "x", network_mode="host", networks={"host": Joined()})

    assert composed([container]).services["x"].is_on_host


@pytest.mark.parametrize(
    "image",
    [
        "opea/retriever:1.5",
        "docker.io/opea/retriever:1.5",
        "opea-harness.local/opea/retriever:1.5",
        "opea-harness.local/retriever:1.5",
    ],
)
def test_an_image_is_known_by_what_its_makers_call_it(image):
    """A stand-in is judged as what it stands for."""
    assert image_of(Container("x", image)) == "opea/retriever:1.5"


def test_a_stand_in_of_another_makers_image_is_known_too():
    """By the same rules as the image itself."""
    assert image_of(Container("x", "opea-harness.local/ollama:0.9.6")) == "ollama/ollama:0.9.6"
