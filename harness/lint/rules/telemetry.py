"""Traces that nobody sends, or that are sent where nobody listens."""

from collections.abc import Iterator

from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources
from harness.lint.wiring import shown

ENDPOINT = "TELEMETRY_ENDPOINT"
_SUFFIX = "/v1/traces"


def _unused(sources: Sources) -> Iterator[Found]:
    services = sources.compose.services.values() if sources.compose else ()
    if any(service.gives(ENDPOINT) for service in services):
        return
    for service in services:
        if "jaeger" in service.image:
            yield Found(service.spot, f"{service.name} is here, and no service is given {ENDPOINT}")


def _empty(sources: Sources) -> Iterator[Found]:
    for service in sources.compose.services.values() if sources.compose else ():
        written = service.environment.get(ENDPOINT)
        if written is not None and service.value(ENDPOINT) == "":
            why = f"by `{written.text}`, which nothing sets" if written.text else "as written"
            yield Found(written.spot, f"{ENDPOINT} of {service.name} is empty, {why}")


def _wrong(sources: Sources) -> Iterator[Found]:
    for service in sources.compose.services.values() if sources.compose else ():
        written = service.environment.get(ENDPOINT)
        if written is None or not service.value(ENDPOINT):
            continue
        url = shown(written.text, service.given)
        if not url.startswith("<") and (not url.startswith("http") or not url.endswith(_SUFFIX)):
            yield Found(
                written.spot,
                f"{ENDPOINT} of {service.name} is {url}, which is no http address that ends in {_SUFFIX}",
            )


RULES = (
    Rule(
        "jaeger-unused",
        "OPEA's services send traces only where TELEMETRY_ENDPOINT is set: Jaeger stays empty.",
        "Give TELEMETRY_ENDPOINT=http://jaeger:4318/v1/traces to the megaservice, embedding, reranking and llm services",
        _unused,
    ),
    Rule(
        "telemetry-empty",
        "An empty TELEMETRY_ENDPOINT switches the export on, towards localhost:4318: the log fills with failed exports.",
        "Leave the variable out, or give a default: `${TELEMETRY_ENDPOINT:-http://jaeger:4318/v1/traces}`",
        _empty,
    ),
    Rule(
        "telemetry-address",
        "OPEA posts OTLP over HTTP to exactly this address; gRPC's port 4317 and a bare host answer with errors.",
        "Give the whole address: http://jaeger:4318/v1/traces",
        _wrong,
    ),
)
