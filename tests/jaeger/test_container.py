"""Jaeger as a container: what it is asked, and where it takes spans."""

from harness.jaeger.container import OTLP_PORT, QUERY_PORT, SERVICE


def test_it_is_called_at_the_port_of_its_queries():
    """The first is the one that is called."""
    assert SERVICE.port == QUERY_PORT
    assert OTLP_PORT in SERVICE.ports


def test_it_is_ready_when_it_lists_services():
    """It does not trace itself, for it would be among them."""
    assert SERVICE.probe.path == "/api/services"
    assert SERVICE.environment["OTEL_TRACES_SAMPLER"] == "always_off"
