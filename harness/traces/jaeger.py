"""Read traces from a Jaeger, or from the embedded store, which answers alike.

Jaeger has no paging: a search gives at most `limit` traces and does not say what it left out. So a full page
is divided in time until no page is full, and what cannot be divided further is reported as truncated. An error is
never an empty success: whatever is not traces raises TraceError.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpx
import msgspec

from harness.errors import TraceError
from harness.traces.dialects import V1, V3, Dialect, Found, Query
from harness.traces.span import Span, Trace

BODY_BYTES_MAX = 64 * 2**20
PAGE_TRACES = 1000
SMALLEST_WINDOW_NS = 1000  # `/api` knows nothing shorter than a microsecond.


@dataclass(frozen=True, slots=True)
class Window:
    """From `start_ns` to before `end_ns`, nanoseconds since 1970."""

    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for spans that are still on their way.

    Enough is when the expected roots are there and nothing more came for `quiet_s`; without them, when nothing
    came for `export_delay_s`, the longest that an exporter holds spans back (5 s by OpenTelemetry's default).
    """

    limit_s: float = 30.0
    quiet_s: float = 0.5
    export_delay_s: float = 6.0
    poll_s: float = 0.25


@dataclass(frozen=True, slots=True)
class Pull:
    """What a source gave: traces in order of start, and what is known to be missing.

    `truncated_us` are microseconds since 1970 that hold more traces than a page; `settled` says that all
    expected roots came and nothing followed.
    """

    traces: Sequence[Trace]
    truncated_us: Sequence[int] = ()
    settled: bool = True

    @property
    def span_count(self) -> int:
        """How many spans there are, each counted once."""
        return sum(len(trace.spans) for trace in self.traces)


class _TooLargeError(TraceError):
    """An answer is larger than the limit; a smaller page may not be."""


class Jaeger:
    """One source of traces at `url`, with the path prefix it has; an async context manager.

    `api` is "auto", "v1" or "v3"; auto prefers v3, which keeps nanoseconds and is the one that stays. `http` is a
    client with headers or certificates of its own, and is closed with this one.
    """

    def __init__(
        self,
        url: str,
        *,
        api: str = "auto",
        page_traces: int = PAGE_TRACES,
        limit_s: float = 30.0,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        if api not in ("auto", "v1", "v3"):
            raise TraceError(f"api {api!r}: there is none; it is auto, v1 or v3")
        self.url = url.rstrip("/")
        self._limit_s = limit_s
        self._page_traces = page_traces
        self._dialect: Dialect | None = {"auto": None, "v1": V1(), "v3": V3()}[api]
        is_tls = self.url.startswith("https:")  # Reading certificates costs 40 ms, and plain http needs none.
        self._http = http or httpx.AsyncClient(timeout=limit_s, trust_env=False, verify=is_tls)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def dialect(self) -> Dialect:
        """Which API this source speaks, found out once; raises TraceError where it speaks neither."""
        if self._dialect is None:
            self._dialect = await self._detect()
        return self._dialect

    async def services(self) -> list[str]:
        """The names of the services that sent spans."""
        dialect = await self.dialect()
        status, body = await self._get(dialect.services_path, {})
        self._expect_ok(status, body)
        return sorted(dialect.read_services(body))

    async def trace(self, trace_id: str) -> Trace | None:
        """One trace, or None where it is not there."""
        dialect = await self.dialect()
        raw = {"raw": "true", "raw_traces": "true", "rawTraces": "true"}
        status, body = await self._get(f"{dialect.traces_path}/{trace_id}", raw)
        if status == 404 and _is_json(body):
            return None
        self._expect_ok(status, body)
        spans = [span for read in dialect.read(body).values() for span in read()]
        return Trace.of(spans) if spans else None

    async def traces(self, window: Window, services: Sequence[str] = (), operation: str = "") -> Pull:
        """Every trace with a span in the window, of the services named or of all; each trace once.

        Name the gateway's service where traces cross processes: each then comes over the wire only once.
        """
        found: dict[str, Sequence[Span]] = {}
        truncated: set[int] = set()
        for service in services or await self.services():
            query = Query(service, operation, window.start_ns, window.end_ns, self._page_traces)
            truncated |= await self._pull(query, found)
        traces = sorted(
            (Trace.of(spans) for spans in found.values()), key=lambda trace: trace.spans[0].began_ns
        )
        return Pull(traces, sorted(truncated))

    async def settled_traces(
        self,
        window: Window,
        services: Sequence[str] = (),
        *,
        roots_expected: int,
        count_roots: Callable[[Sequence[Trace]], int] | None = None,
        patience: Patience | None = None,
    ) -> Pull:
        """`traces`, repeated until the expected roots are there and nothing more comes, or patience ends."""
        patience = patience or Patience()
        count_roots = count_roots or _count_roots
        loop = asyncio.get_running_loop()
        began_s = changed_s = loop.time()
        spans_before = -1
        while True:
            pull = await self.traces(window, services)
            now_s = loop.time()
            if pull.span_count != spans_before:
                spans_before, changed_s = pull.span_count, now_s
            complete = count_roots(pull.traces) >= roots_expected
            quiet_s = now_s - changed_s
            if complete and quiet_s >= patience.quiet_s:
                return pull
            if quiet_s >= patience.export_delay_s or now_s - began_s >= patience.limit_s:
                return Pull(pull.traces, pull.truncated_us, settled=False)
            await asyncio.sleep(patience.poll_s)

    async def _pull(self, query: Query, found: dict[str, Sequence[Span]]) -> set[int]:
        """Add the traces of one service to `found`; returns the microseconds that are truncated."""
        truncated: set[int] = set()
        open_queries = [query]
        while open_queries:
            part = open_queries.pop()
            page = await self._page(part)
            for identity in page.keys() - found.keys():
                spans = page[identity]()
                if _starts_ns(spans, part):
                    found[identity] = spans
            if len(page) < self._page_traces:
                continue
            starts_ns = sorted(
                start for identity in page for start in _starts_ns(found.get(identity, ()), part)
            )
            middle_ns = _middle_ns(part, starts_ns)
            if middle_ns is None:
                truncated.add(_crowded_us(part, starts_ns))
            else:
                open_queries += [replace(part, start_ns=middle_ns), replace(part, end_ns=middle_ns)]
        return truncated

    async def _page(self, query: Query) -> Found:
        """One page; where the server or our own limit allows only smaller ones, pages become smaller for good."""
        dialect = await self.dialect()
        while True:
            query = replace(query, limit=self._page_traces)
            try:
                status, body = await self._get(dialect.traces_path, dialect.parameters(query))
            except _TooLargeError:
                if self._page_traces == 1:
                    raise
            else:
                if status != 500 or b"search depth" not in body or self._page_traces == 1:
                    break
            self._page_traces //= 2
        if status == 404 and b"No traces found" in body:  # How v3 says that there are none.
            return {}
        self._expect_ok(status, body)
        return dialect.read(body)

    async def _detect(self) -> Dialect:
        seen = []
        for dialect in (V3(), V1()):
            status, body = await self._get(dialect.services_path, {})
            if status == 200 and _is_json(body):
                return dialect
            seen.append(f"{dialect.services_path} answered {status} {_shown(body)}")
        raise TraceError(
            f"{self.url}: no Jaeger's query API: {'; '.join(seen)}; right is the address of its UI, "
            "with its path prefix if it has one"
        )

    def _expect_ok(self, status: int, body: bytes) -> None:
        if status != 200:
            raise TraceError(f"{self.url}: answered {status} {_shown(body)} where traces were asked for")

    async def _get(self, path: str, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body; raises TraceError on anything short of a whole answer within the limits."""
        try:
            async with (
                asyncio.timeout(self._limit_s),
                self._http.stream("GET", self.url + path, params=dict(parameters)) as reply,
            ):
                pieces, size = [], 0
                async for piece in reply.aiter_bytes():
                    size += len(piece)
                    if size > BODY_BYTES_MAX:
                        raise TraceError(
                            f"{self.url}{path}: the answer is larger than {BODY_BYTES_MAX} bytes"
                        )
                    pieces.append(piece)
                return reply.status_code, b"".join(pieces)
        except TimeoutError as error:
            raise TraceError(f"{self.url}{path}: no whole answer within {self._limit_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TraceError(f"{self.url}{path}: {type(error).__name__}: {error}") from error


def _starts_ns(spans: Sequence[Span], query: Query) -> list[int]:
    """When the spans of a trace start that were asked for; none where a server ignored what it was asked.

    A microsecond of tolerance at both ends, because `/api` cuts to microseconds.
    """
    return [
        span.began_ns
        for span in spans
        if span.service == query.service
        and (not query.operation or span.name == query.operation)
        and query.start_ns - SMALLEST_WINDOW_NS <= span.began_ns < query.end_ns + SMALLEST_WINDOW_NS
    ]


def _middle_ns(query: Query, starts_ns: Sequence[int]) -> int | None:
    """Where to divide a full window: by what came, so that empty time costs no questions.

    At the first quarter of it, because most Jaegers give the newest first: the later part then fits a page. On a whole
    microsecond and inside the window; None where the window is too short to be divided.
    """
    if query.end_ns - query.start_ns <= SMALLEST_WINDOW_NS:
        return None
    wanted_ns = starts_ns[len(starts_ns) // 4] if starts_ns else (query.start_ns + query.end_ns) // 2
    lowest_ns = (query.start_ns // SMALLEST_WINDOW_NS + 1) * SMALLEST_WINDOW_NS
    highest_ns = (query.end_ns - 1) // SMALLEST_WINDOW_NS * SMALLEST_WINDOW_NS
    middle_ns = min(max(wanted_ns // SMALLEST_WINDOW_NS * SMALLEST_WINDOW_NS, lowest_ns), highest_ns)
    return middle_ns if query.start_ns < middle_ns < query.end_ns else None


def _crowded_us(query: Query, starts_ns: Sequence[int]) -> int:
    """The microsecond in which most of a full page starts."""
    counted = Counter(start_ns // 1000 for start_ns in starts_ns)
    return counted.most_common(1)[0][0] if counted else query.start_ns // 1000


def _count_roots(traces: Sequence[Trace]) -> int:
    return sum(bool(trace.roots) for trace in traces)


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except msgspec.MsgspecError:
        return False


def _shown(body: bytes) -> str:
    text = " ".join(body[:200].decode(errors="replace").split())
    return repr(text[:120]) if text else "with nothing"
