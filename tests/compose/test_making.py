"""What stands of a project in containers."""

from harness.compose.forwarding import NAME
from harness.compose.making import HEALTH, composition_of, with_python
from harness.gateway.variables import TELEMETRY

LEADING = {"vllm-service": ("10.1.0.1", 1)}


def test_the_forwarder_comes_before_all_and_the_megaservice_is_told_where_traces_go(read):
    """Its readiness is that of OPEA's own health route."""
    made = composition_of(read(), LEADING, {"retriever": {7000: 20_001}}, "http://here/v1/traces")
    backend = made.service("chatqna-backend-server")

    assert made.services[0].name == NAME
    assert all(NAME in each.after for each in made.services[1:])
    assert (backend.probe, backend.environment[TELEMETRY]) == (HEALTH, "http://here/v1/traces")
    assert (made.gateway, made.nodes["vllm-service"]) == ("chatqna-backend-server", "vllm-service-itself")
    assert made.service("retriever").host_ports == {7000: 20_001}


def test_what_the_file_says_of_traces_goes_before(read):
    """It may have a Jaeger of its own."""
    text = "services: {m: {image: opea/chatqna, environment: {TELEMETRY_ENDPOINT: own}}}"

    assert (
        composition_of(read(text, megaservice="m"), {}, {}, "ours").service("m").environment[TELEMETRY]
        == "own"
    )


def test_without_wires_and_published_ports_there_is_no_forwarder(read):
    """Nothing is to be passed on."""
    assert [each.name for each in composition_of(read("services: {a: {image: x}}"), {}, {}).services] == ["a"]


def test_the_forwarder_runs_in_an_image_that_is_there_anyway(read):
    """The one that was named, the megaservice's, a comp's of OPEA's, or Python's."""
    assert with_python(read(forwarder="own:1")) == "own:1"
    assert with_python(read()) == "opea/chatqna:latest"
    assert (
        with_python(read("services: {a: {image: redis}, b: {image: opea/retriever:2}}")) == "opea/retriever:2"
    )
    assert with_python(read("services: {a: {image: redis}}")) == "python:3.11-slim"


def test_a_megaservice_that_cannot_be_called_is_ready_when_it_runs(read):
    """One that has a port is asked for its health."""
    text = "services: {{m: {{image: mine/m, ports: [{ports}]}}}}"
    probes = [
        composition_of(read(text.format(ports=ports), megaservice="m"), {}, {}).service("m").probe
        for ports in ("", '"8888:8888"')
    ]

    assert probes == [None, HEALTH]
