"""Jaeger as a container: the image, its ports, and what says that it is ready."""

from harness.service import Probe, Service

QUERY_PORT = 16686
OTLP_PORT = 4318
IMAGE = "jaegertracing/all-in-one:latest"
SERVICE = Service(
    "jaeger",
    IMAGE,
    ports=(QUERY_PORT, OTLP_PORT),
    # It traces itself otherwise, and would be found among what it is asked for.
    environment={"COLLECTOR_OTLP_ENABLED": "true", "OTEL_TRACES_SAMPLER": "always_off"},
    probe=Probe("/api/services", holds='"data"'),
)
