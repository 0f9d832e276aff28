"""What every request to a service leaves behind: its span, its scope, and Prometheus' counters of HTTP."""

from collections.abc import MutableMapping
from functools import cache
from time import monotonic_ns
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.opea.telemetry import SCOPE
from harness.opea.telemetry import Scope as RequestScope
from harness.traces.emit import Context, Span, Tracer

QUIET = frozenset({"/health", "/v1/health_check", "/v1/statistics", "/metrics", "/openapi.json", "/docs"})


class Tracked:
    """ASGI middleware: one SERVER span a request, which lasts until its stream ends; `tracer` may come later."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within its scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope)
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

    def __init__(self, scope: MutableMapping[str, Any]) -> None:
        self._began_ns = monotonic_ns()
        self._asgi = scope
        self.status = 500  # Of a request that ended without a reply.
        headers = {
            name: value for name, value in scope["headers"] if name in (b"traceparent", b"x-request-id")
        }
        parent = Context.parse(headers.get(b"traceparent", b"").decode("latin-1"))
        tracer: Tracer | None = getattr(scope["app"].state, "tracer", None)
        if scope["path"] in QUIET:
            tracer = None
        self._span: Span | None = None
        if tracer is not None:
            self._span = tracer.start(f"{scope['method']} {scope['path']}", "server", parent, self._began_ns)
            context = self._span.context
        else:
            context = parent or Context.new()
        asked_id = headers.get(b"x-request-id", b"").decode("latin-1")
        self.scope = RequestScope(context, tracer, asked_id or context.trace_id)

    def end(self) -> None:
        """The reply has ended, or there is none."""
        route = self._asgi.get("route")
        path = getattr(route, "path", "none")
        seconds = (monotonic_ns() - self._began_ns) / 1e9
        requests, durations = http_metrics()
        requests.labels(path, self._asgi["method"], f"{self.status // 100}xx").inc()
        durations.labels(path, self._asgi["method"]).observe(seconds)
        span = self._span
        if span is not None:
            span.set("http.request.method", self._asgi["method"])
            span.set("url.path", self._asgi["path"])
            span.set("http.route", path)
            span.set("http.response.status_code", self.status)
            span.set("opea.request_id", self.scope.request_id)
            if self.status >= 500:
                span.set("error.type", str(self.status))
            span.end(error=f"status {self.status}" if self.status >= 500 else None)


@cache
def http_metrics() -> tuple[Counter, Histogram]:
    """Requests and their seconds, under the names that OPEA's dashboards read."""
    requests = Counter(
        "http_requests", "Requests by route, method and status", ["handler", "method", "status"]
    )
    durations = Histogram("http_request_duration_seconds", "Seconds of a request", ["handler", "method"])
    return requests, durations
