"""Where the processes of ours, and what they call, are."""

from harness.compose.processes import host_ports, upstream


def test_every_port_of_every_container_has_one_of_this_machines(read):
    """All different, so that wires know them before anything stands."""
    project = read(places={"vllm-service": "mock", "retriever": "http://127.0.0.1:9"})
    ports = host_ports(project)
    outer = [each for rows in ports.values() for each in rows.values()]

    assert set(ports) == {*project.parts} - {"vllm-service", "retriever"}
    assert len(set(outer)) == len(outer)
    assert upstream(project.parts["retriever"], ports) == "http://127.0.0.1:9"
    assert upstream(project.parts["dataprep"], ports) == f"http://127.0.0.1:{ports['dataprep'][5000]}"
