"""Traces of a service: the scope of the request being served, and OPEA's decorator `opea_telemetry`.

Upstream makes one process-wide OpenTelemetry provider at import; here nothing is recorded until `trace_to` says
where to, each service is its own `service.name`, and the finished spans kept in memory are bounded.
"""

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from time import monotonic_ns, time_ns
from typing import Any, Protocol, TypeVar, cast

from harness.traces.emit import Context, Tracer

FINISHED_SPANS_MAX = 4096

AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])


class Closing(Protocol):
    """A stream that was begun for a request."""

    async def close(self) -> None:
        """End it; a second time nothing happens."""


@dataclass(slots=True)
class Scope:
    """The request being served: its place in its trace, who records spans (None: nobody), its id.

    `tracestate` is handed on as it came. `failure` is the kind of the problem that its stream ended in, whatever its status says;
    `streams` were begun for it, and end with it at the latest.
    """

    context: Context
    tracer: Tracer | None
    request_id: str
    tracestate: str = ""
    failure: str = ""
    streams: list[Closing] = field(default_factory=list)


SCOPE: ContextVar[Scope | None] = ContextVar("opea_scope", default=None)


@dataclass(slots=True)
class Telemetry:
    """Where the spans of this process go; `resource` holds attributes of each, such as `opea.run_id`."""

    endpoint: str | None = None
    resource: dict[str, str] = field(default_factory=dict)

    def tracer(self, service_name: str) -> Tracer | None:
        """A tracer of one service, or None where nothing is recorded."""
        return Tracer(service_name, self.endpoint, self.resource) if self.endpoint else None


TELEMETRY = Telemetry()


def trace_to(endpoint: str | None, **resource: str) -> None:
    """Record spans of the services started from now on at an OTLP/HTTP address; None or "" records nothing."""
    TELEMETRY.endpoint = endpoint or None
    TELEMETRY.resource = {name.replace("_", ".", 1): value for name, value in resource.items()}


@dataclass(frozen=True, slots=True)
class SpanContext:
    """A span's ids, as numbers, as OpenTelemetry's SDK has them."""

    trace_id: int
    span_id: int


@dataclass(frozen=True, slots=True)
class FinishedSpan:
    """A span of a decorated function; times are nanoseconds since 1970."""

    name: str
    start_time: int
    end_time: int
    context: SpanContext
    parent: SpanContext | None

    def get_span_context(self) -> SpanContext:
        """Its ids."""
        return self.context


class FinishedSpans:
    """The newest spans of decorated functions."""

    def __init__(self) -> None:
        self._spans: deque[FinishedSpan] = deque(maxlen=FINISHED_SPANS_MAX)

    def add(self, span: FinishedSpan) -> None:
        """Keep one."""
        self._spans.append(span)

    def get_finished_spans(self) -> tuple[FinishedSpan, ...]:
        """Those kept, oldest first."""
        return tuple(self._spans)

    def clear(self) -> None:
        """Forget them."""
        self._spans.clear()


in_memory_exporter = FinishedSpans()


def opea_telemetry(func: AnyCallable) -> AnyCallable:
    """Decorate a function, plain or async, to leave a span of its qualified name under the caller's."""
    name = func.__qualname__
    if inspect.iscoroutinefunction(func):

        @wraps(func)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with span_of(name):
                return await func(*args, **kwargs)

        return cast("AnyCallable", awaited)

    @wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        with span_of(name):
            return func(*args, **kwargs)

    return cast("AnyCallable", called)


@contextmanager
def span_of(name: str) -> Iterator[None]:
    """A span around a piece of work; what is raised inside makes it an error."""
    outer = SCOPE.get()
    began_ns = monotonic_ns()
    parent = outer.context if outer else None
    tracer = outer.tracer if outer else None
    span = tracer.start(name, "internal", parent, began_ns) if tracer else None
    context = span.context if span else parent.child() if parent else Context.new()
    token = SCOPE.set(Scope(context, tracer, outer.request_id if outer else context.trace_id))
    error: str | None = None
    try:
        yield
    except BaseException as wrong:
        error = type(wrong).__name__
        raise
    finally:
        SCOPE.reset(token)
        ended_ns = monotonic_ns()
        if span:
            span.end(ended_ns, error)
        _keep(name, began_ns, ended_ns, (context, parent))


class Spans:
    """OpenTelemetry's tracer, as far as upstream's comps use it."""

    def start_as_current_span(self, name: str) -> AbstractContextManager[None]:
        """A span around what is done within."""
        return span_of(name)


tracer = Spans()


def _keep(name: str, began_ns: int, ended_ns: int, contexts: tuple[Context, Context | None]) -> None:
    since_1970_ns = time_ns() - monotonic_ns()
    own, parent = contexts
    times = began_ns + since_1970_ns, ended_ns + since_1970_ns
    span = FinishedSpan(name, *times, _numbers(own), _numbers(parent) if parent else None)
    in_memory_exporter.add(span)


def _numbers(context: Context) -> SpanContext:
    return SpanContext(int(context.trace_id, 16), int(context.span_id, 16))
