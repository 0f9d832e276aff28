"""OPEA's side endpoints, and what is said to a route or method that is not there."""

from collections.abc import Awaitable, Callable, Iterator, Mapping

from harness.comp import Comp, Engine
from harness.contract.check import Broken, Check, Finding, check_id
from harness.contract.kind import Kind
from harness.contract.talk import Talk

FIGURES = frozenset(
    f"{name}_latency{of}" for name in ("p50", "p99", "average") for of in ("", "_first_token")
)
Find = Callable[[Talk], Awaitable[Finding]]


def _kind(name: str, says: str, why: str, by_hand: str, fix: str) -> Kind:
    return Kind(f"side.{name}", "L2", says, why, by_hand, fix)


HEALTH_CHECK = _kind(
    "health-check",
    "GET /v1/health_check tells the comp's title",
    "It is how a stack finds out that a service is up, and that it is the one it was meant to be.",
    'curl -sS -i "$URL/v1/health_check"',
    "Register the service with OPEA's `register_microservice`, whose base class serves the page, under the name of the contract.",
)
HEALTH = _kind(
    "health",
    "GET /health is 200",
    "Compose files and Kubernetes probe it.",
    'curl -sS -i "$URL/health"',
    "OPEA's base class serves it; do not register a route of your own over it.",
)
STATISTICS = _kind(
    "statistics",
    "GET /v1/statistics tells the six latencies",
    "OPEA's own dashboards read them.",
    'curl -sS "$URL/v1/statistics"',
    "Call `register_statistics(names=[...])` and `statistics_dict[name].append_latency(...)` under the name that the service has.",
)
METRICS = _kind(
    "metrics",
    "GET /metrics is Prometheus text that counts requests",
    "Without it a service is invisible to the monitoring that GenAIExamples set up.",
    'curl -sS "$URL/metrics" | grep http_requests_total',
    "OPEA's base class mounts prometheus-fastapi-instrumentator; keep its version and do not mount another app over `/`.",
)
UNKNOWN_ROUTE = _kind(
    "unknown-route",
    "a route that is not there is 404",
    "A catch-all that answers 200 makes every typing error in a compose file look like success.",
    'curl -sS -i "$URL/v1/no-such-route-of-the-contract"',
    "Do not mount static files or another app at `/`.",
)
WRONG_METHOD = _kind(
    "wrong-method",
    "a method that a route does not take is 405 or 404",
    "A route that takes every method hides the client's error.",
    'curl -sS -i -X PATCH "$URL/v1/embeddings"',
    "Name the methods where the route is registered.",
)
ENGINE_METRICS = _kind(
    "engine-metrics",
    "GET /metrics tells requests, tokens and times by the names of the model server",
    "Autoscalers and dashboards ask for vLLM's `vllm:time_to_first_token_seconds` or TGI's `tgi_queue_size` by name.",
    'curl -sS "$URL/metrics" | grep -E "^(vllm:|tgi_)"',
    "Serve the model server's own page, and let no proxy in front of it answer /metrics.",
)
FRAMEWORK = (HEALTH_CHECK, HEALTH, STATISTICS, METRICS)
KINDS = (*FRAMEWORK, ENGINE_METRICS, UNKNOWN_ROUTE, WRONG_METHOD)
COUNTED: Mapping[Engine, tuple[str, ...]] = {
    "vllm": (
        "vllm:num_requests_running",
        "vllm:num_requests_waiting",
        "vllm:prompt_tokens_total",
        "vllm:generation_tokens_total",
        "vllm:request_success_total",
        "vllm:time_to_first_token_seconds_bucket",
        "vllm:e2e_request_latency_seconds_bucket",
    ),
    "tgi": (
        "tgi_request_count",
        "tgi_request_success",
        "tgi_queue_size",
        "tgi_batch_current_size",
        "tgi_request_duration_bucket",
        "tgi_request_inference_duration_bucket",
        "tgi_request_generated_tokens_bucket",
    ),
}  # What every version that OPEA's images had tells, once it has answered.


def side(comp: Comp) -> Iterator[Check]:
    """The checks of a comp beside its endpoints; servers of other projects have only the last ones."""
    finds: dict[str, Find] = {
        HEALTH_CHECK.name: _health_check,
        HEALTH.name: _health,
        STATISTICS.name: _statistics,
        METRICS.name: _metrics,
        ENGINE_METRICS.name: _engine_metrics,
        UNKNOWN_ROUTE.name: _unknown_route,
        WRONG_METHOD.name: _wrong_method,
    }
    for kind in KINDS:
        is_there = (
            comp.engine is not None if kind is ENGINE_METRICS else comp.framework or kind not in FRAMEWORK
        )
        if is_there:
            yield Check(check_id(comp.id, kind.name), kind, kind.says, finds[kind.name])


async def _health_check(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/v1/health_check")
    if answer.status != 200 or not isinstance(answer.json, dict):
        return Broken("it is no 200 with a JSON object", actual=answer.shown)
    title = answer.json.get("Service Title")
    if title != talk.comp.title:
        return Broken(f"Service Title: is {title!r}; this is not {talk.comp.id}", talk.comp.title, str(title))
    missing = {"Version", "Service Description"} - set(answer.json)
    return Broken(f"it lacks {sorted(missing)}", actual=answer.shown) if missing else None


async def _health(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/health")
    return None if answer.status == 200 else Broken(f"it is {answer.status}", "200", answer.shown)


async def _statistics(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/v1/statistics")
    if answer.status != 200 or not isinstance(answer.json, dict):
        return Broken("it is no 200 with a JSON object", actual=answer.shown)
    if not talk.comp.statistics:
        return None
    figures = answer.json.get(talk.comp.title)
    missing = FIGURES - set(figures if isinstance(figures, dict) else ())
    return Broken(f"{talk.comp.title}: lacks {sorted(missing)}", actual=answer.shown) if missing else None


async def _metrics(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/metrics")
    if answer.status != 200 or not answer.content_type.startswith("text/plain"):
        return Broken(f"it is {answer.status} {answer.content_type!r}, no text", actual=answer.shown)
    return None if b"http_requests_total" in answer.body else Broken("http_requests_total: is not there")


async def _engine_metrics(talk: Talk) -> Finding:
    assert talk.comp.engine is not None
    endpoint = talk.comp.endpoints[0]
    # Some servers name only what they counted once.
    await talk.put(endpoint, endpoint.variants[0].examples[0])
    answer = await talk.send("GET", "/metrics")
    if answer.status != 200:
        return Broken(f"it is {answer.status}", "200", answer.shown)
    lines = answer.body.decode("utf-8", "replace").splitlines()
    missing = [name for name in COUNTED[talk.comp.engine] if not any(line.startswith(name) for line in lines)]
    return (
        Broken(f"{missing[0]}: is not there", actual=f"{len(missing)} names are missing") if missing else None
    )


async def _unknown_route(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/v1/no-such-route-of-the-contract")
    return None if answer.status == 404 else Broken(f"it is {answer.status}", "404", answer.shown)


async def _wrong_method(talk: Talk) -> Finding:
    endpoint = talk.comp.endpoints[0]
    taken = {each.method for each in talk.comp.endpoints if each.path == endpoint.path}
    method = next(each for each in ("PATCH", "PUT", "DELETE") if each not in taken)
    answer = await talk.send(method, endpoint.path)
    return None if answer.status in (404, 405) else Broken(f"it is {answer.status}", "405", answer.shown)
