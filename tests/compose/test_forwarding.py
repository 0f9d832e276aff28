"""Which names and ports lead where."""

import json

from harness.compose.asked import MACHINE
from harness.compose.forwarding import NAME, after_forwarder, behind, forwarder, table_of

WIRES = {
    "tei-embedding-service": ("10.1.0.1", 1001),
    "tei-reranking-service": ("10.1.0.1", 1002),
    "vllm-service": ("10.1.0.1", 1003),
}


def test_names_lead_to_wires_by_inner_ports_and_this_machine_by_those_that_are_published(read):
    """A service without a wire is reached by its own name, and by this machine's through the forwarder."""
    table = table_of(read(), WIRES)

    assert table[80] == {
        "tei-embedding-service": ("10.1.0.1", 1001),
        "tei-embedding-server": ("10.1.0.1", 1001),
        "tei-reranking-service": ("10.1.0.1", 1002),
        "vllm-service": ("10.1.0.1", 1003),
        MACHINE: ("chatqna-nginx-server", 80),
    }
    assert table[9009] == {MACHINE: ("10.1.0.1", 1003)}
    assert table[6007] == {MACHINE: ("dataprep", 5000)}
    assert 5000 not in table


def test_the_forwarder_bears_the_names_of_whom_it_stands_for(read):
    """And runs in any image that has a Python."""
    project = read()
    service = forwarder("an/image", project, {80: {"a": ("b", 1)}}, WIRES)

    assert service.name == NAME
    assert service.aliases == (
        MACHINE,
        "tei-embedding-server",
        "tei-embedding-service",
        "tei-reranking-service",
        "vllm-service",
    )
    assert service.entrypoint[0] == "python3"
    assert json.loads(service.command[0]) == {"80": {"a": ["b", 1]}}


def test_a_service_behind_a_wire_gives_its_name_away_and_all_come_after_the_forwarder(read):
    """Who waits for it waits for its container."""
    project = read()
    itself = behind(project.parts["vllm-service"], WIRES, {80: 20_001})
    backend = behind(project.parts["chatqna-backend-server"], WIRES, {})

    assert (itself.name, itself.aliases, itself.host_ports) == ("vllm-service-itself", (), {80: 20_001})
    assert backend.name == "chatqna-backend-server"
    assert after_forwarder(backend, WIRES).after == (NAME, "retriever", "vllm-service-itself")


def test_this_machine_is_not_reached_through_a_proxy(read):
    """Where there is one."""
    text = "services: {a: {image: x, environment: [http_proxy=http://p:1, no_proxy=b]}, b: {image: x}}"
    project = read(text)

    assert behind(project.parts["a"], {}, {}).environment["no_proxy"] == f"b,{MACHINE}"
    assert behind(project.parts["b"], {}, {}).environment == {}
