"""What every request to a service leaves behind: its span, its scope, and Prometheus' counters of HTTP."""

from functools import cache
from time import monotonic_ns
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.opea.telemetry import SCOPE
from harness.opea.telemetry import Scope as RequestScope
from harness.traces.emit import Context, Span, Tracer

QUIET = frozenset({"/health", "/v1/health_check", "/v1/statistics", "/metrics", "/openapi.json", "/docs"})


class Tracked:
    """ASGI: one SERVER span a request, which lasts until its stream ends; `state.tracer` records it, or None."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within its scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, None if scope["path"] in QUIET else self._state.tracer)
        token = SCOPE.set(visit.scope)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            SCOPE.reset(token)
            visit.end()


class _Visit:
    """One request to a service, from its head to the end of its reply."""

    __slots__ = ("_asgi", "_began_ns", "_span", "scope", "status")

    def __init__(self, scope: Scope, tracer: Tracer | None) -> None:
        self._began_ns = monotonic_ns()
        self._asgi = scope
        self.status = 500  # Of a request that ended without a reply.
        parent, state, asked_id = None, "", ""
        for name, value in scope["headers"]:
            if name == b"traceparent":
                parent = Context.parse(value.decode("latin-1"))
            elif name == b"tracestate":
                state = f"{state},{value.decode('latin-1')}" if state else value.decode("latin-1")
            elif name == b"x-request-id":
                asked_id = value.decode("latin-1")
        self._span: Span | None = None
        if tracer is not None:
            self._span = tracer.start(f"{scope['method']} {scope['path']}", "server", parent, self._began_ns)
            context = self._span.context
        else:
            context = parent or Context.new()
        # Without a parent it is nobody's; the standard has it dropped then.
        self.scope = RequestScope(context, tracer, asked_id or context.trace_id, state if parent else "")

    def end(self) -> None:
        """The reply has ended, or there is none."""
        asgi = self._asgi
        path = str(asgi.get("opea.route") or getattr(asgi.get("route"), "path", "none"))
        count, seconds = _http_metrics(path, asgi["method"], f"{self.status // 100}xx")
        count.inc()
        seconds.observe((monotonic_ns() - self._began_ns) / 1e9)
        span = self._span
        if span is not None:
            span.set("http.request.method", asgi["method"])
            span.set("url.path", asgi["path"])
            span.set("http.route", path)
            span.set("http.response.status_code", self.status)
            span.set("opea.request_id", self.scope.request_id)
            failed = self.scope.failure or (str(self.status) if self.status >= 500 else "")
            if failed:
                span.set("error.type", failed)
            words = f"its stream ended in {failed}" if self.scope.failure else f"status {failed}"
            span.end(error=words if failed else None)


@cache
def _http_metrics(path: str, method: str, status: str) -> tuple[Any, Any]:
    """The counter and the histogram of one kind of request; routes are few, so are these."""
    requests, durations = _http_families()
    return requests.labels(path, method, status), durations.labels(path, method)


@cache
def _http_families() -> tuple[Counter, Histogram]:
    """Requests and their seconds, under the names that OPEA's dashboards read."""
    requests = Counter(
        "http_requests", "Requests by route, method and status", ["handler", "method", "status"]
    )
    durations = Histogram("http_request_duration_seconds", "Seconds of a request", ["handler", "method"])
    return requests, durations
