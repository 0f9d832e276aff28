"""OPEA's side endpoints, the OpenAPI document, and what is said to a route or method that is not there."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from harness.comp import Comp
from harness.contract.check import Broken, Check, Finding, check_id
from harness.contract.talk import Talk

FIGURES = frozenset(
    f"{name}_latency{of}" for name in ("p50", "p99", "average") for of in ("", "_first_token")
)
Find = Callable[[Talk], Awaitable[Finding]]


def side(comp: Comp) -> Iterator[Check]:
    """The checks of a comp beside its endpoints; servers of other projects have only the last two."""
    own: tuple[tuple[str, str, Find], ...] = (
        ("health-check", "GET /v1/health_check tells the comp's title", _health_check),
        ("health", "GET /health is 200", _health),
        ("statistics", "GET /v1/statistics tells the six latencies", _statistics),
        ("metrics", "GET /metrics is Prometheus text that counts requests", _metrics),
        ("openapi", "the OpenAPI document has every route of the contract", _openapi),
    )
    every: tuple[tuple[str, str, Find], ...] = (
        ("unknown-route", "a route that is not there is 404", _unknown_route),
        ("wrong-method", "a method that a route does not take is 405 or 404", _wrong_method),
    )
    for name, says, find in (*(own if comp.framework else ()), *every):
        yield Check(check_id(comp.id, "side", name), says, find)


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


async def _openapi(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/openapi.json")
    document: Any = answer.json
    if answer.status != 200 or not isinstance(document, dict):
        return Broken("it is no 200 with a JSON object", actual=answer.shown)
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        return Broken("paths: there are none, so nothing is documented", actual=answer.shown)
    missing = [
        each.key for each in talk.comp.endpoints if each.method.lower() not in paths.get(each.path, {})
    ]
    return Broken(f"{missing[0]}: is not documented", actual=f"{sorted(paths)}") if missing else None


async def _unknown_route(talk: Talk) -> Finding:
    answer = await talk.send("GET", "/v1/no-such-route-of-the-contract")
    return None if answer.status == 404 else Broken(f"it is {answer.status}", "404", answer.shown)


async def _wrong_method(talk: Talk) -> Finding:
    endpoint = talk.comp.endpoints[0]
    taken = {each.method for each in talk.comp.endpoints if each.path == endpoint.path}
    method = next(each for each in ("PATCH", "PUT", "DELETE") if each not in taken)
    answer = await talk.send(method, endpoint.path)
    return None if answer.status in (404, 405) else Broken(f"it is {answer.status}", "405", answer.shown)
