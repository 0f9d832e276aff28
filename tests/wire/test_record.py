"""What is kept of an exchange is right in every field, in the journal and in the span."""

import asyncio

from harness.traces.emit import Tracer

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVENTS = (
    b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
    b'data: {"choices":[{"index":0,"delta":{"content":"b"}}]}\n\n',
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
)


class Spans(Tracer):
    """A tracer that keeps what it is given."""

    def __init__(self):
        super().__init__("llm")
        self.records = []

    def accept(self, record):
        self.records.append(record)


def crossed(kit, *replies, request=None, fault=None, dialect=None):
    async def main():
        tracer = Spans()
        async with kit.bench(*replies, dialect=dialect, tracer=tracer) as bench:
            if fault:
                bench.put(fault)
            bench.node.gap_s = 0.01
            await (await bench.line()).ask(request or kit.post(more=f"traceparent: {TRACEPARENT}\r\n"))
            (exchange,) = await bench.exchanges(1)
            return exchange, tracer.records[0], bench.node.heads

    return asyncio.run(main())


def test_an_exchange_in_full(kit):
    """Node, method, path, trace, status, type, bodies and sizes; times in their order."""
    exchange, _, _ = crossed(kit, kit.ok(b'{"text":"hi"}'), request=kit.post("/v1/x?page=2&api_key=abc"))

    assert (exchange.node, exchange.method, exchange.path) == (
        "llm",
        "POST",
        "/v1/x?page=2&api_key=[redacted]",
    )
    assert (exchange.status, exchange.content_type) == (200, "application/json")
    assert (exchange.request, exchange.reply) == ('{"a":1}', '{"text":"hi"}')
    assert (exchange.request_bytes, exchange.reply_bytes, exchange.error, exchange.fault) == (7, 13, "", "")
    times = [exchange.began_ns, exchange.forwarded_ns, exchange.first_byte_ns, exchange.ended_ns]
    assert times == sorted(times)
    assert times[0] > 0


def test_the_span_is_under_the_callers(kit):
    """The hop's span continues the caller's trace, and the node is told of the hop's span in its place."""
    exchange, span, heads = crossed(kit, kit.ok())

    assert (span.trace_id, span.parent_id) == (TRACEPARENT[3:35], TRACEPARENT[36:52])
    assert exchange.trace_id == span.trace_id
    assert heads[0].lower().count(b"traceparent:") == 1
    assert f"traceparent: 00-{span.trace_id}-{span.span_id}-01\r\n".encode() in heads[0]


def test_one_that_was_sent_on_unread_is_kept_in_full_too(kit):
    """The second request of a connection, which crosses before it is read: of it the same is kept as of the first."""

    async def main():
        tracer = Spans()
        async with kit.bench(tracer=tracer) as bench:
            line = await bench.line()
            for _ in range(2):
                await line.ask(kit.post(more=f"traceparent: {TRACEPARENT}\r\n"))
            return await bench.exchanges(2), tracer.records, bench.node.heads

    exchanges, spans, heads = asyncio.run(main())

    def kept(exchange, span, head):
        at = [exchange.began_ns, exchange.forwarded_ns, exchange.first_byte_ns, exchange.ended_ns]
        said = [
            exchange.path,
            exchange.trace_id,
            exchange.status,
            exchange.request,
            exchange.reply,
            exchange.error,
        ]
        return (
            sorted(at) == at,
            said,
            span.parent_id,
            span.attributes,
            head.replace(span.span_id.encode(), b"OWN"),
        )

    first, second = map(kept, exchanges, spans, heads)
    assert first == second
    assert first[0]
    assert b"-OWN-01" in first[4]
    assert spans[0].span_id != spans[1].span_id


def test_the_span_says_what_it_is_of(kit):
    """Names and attributes that the figures per node are made of."""
    _, span, _ = crossed(kit, kit.ok())

    assert (span.name, span.kind, span.error) == ("POST /v1/x", "server", None)
    assert span.attributes == {
        "opea.node": "llm",
        "opea.comp": "llms",
        "opea.run_id": "run-1",
        "http.request.method": "POST",
        "url.path": "/v1/x",
        "http.response.status_code": 200,
    }


def test_a_query_stays_out_of_the_span(kit):
    """What a caller asks is in no span: neither the query nor the bodies."""
    _, span, _ = crossed(kit, kit.ok(), request=kit.post("/v1/x?question=private"))

    assert "private" not in repr(span)


def test_tokens_are_timed(kit):
    """A stream's content events are timed one by one, and so is the first, from the span's beginning."""
    exchange, span, _ = crossed(kit, kit.chunked(*EVENTS), dialect="openai")
    offsets = span.attributes["opea.token_offsets_us"]

    assert len(exchange.content_ns) == len(offsets) == 2
    assert offsets[1] - offsets[0] >= 5_000
    assert span.events == [("gen_ai.first_token", exchange.content_ns[0], {})]
    assert offsets[0] == (exchange.content_ns[0] - exchange.began_ns) // 1000


def test_json_of_a_node_that_can_stream_has_no_tokens(kit):
    """A streaming node that answers JSON is not read as a stream."""
    exchange, span, _ = crossed(kit, kit.ok(), dialect="openai")

    assert exchange.content_ns == []
    assert "opea.token_offsets_us" not in span.attributes


def test_a_failure_is_an_error_of_the_span(kit):
    """A 500 by a fault: the span names the fault and the error."""
    _, span, _ = crossed(kit, kit.ok(), fault="status-500")

    assert (span.attributes["opea.fault"], span.attributes["error.type"], span.error) == (
        "status-500",
        "500",
        "500",
    )


def test_without_a_tracer_the_trace_goes_through(kit):
    """A wire that does not trace hands the caller's context on untouched, and still notes the trace."""

    async def main():
        async with kit.bench() as bench:
            await (await bench.line()).ask(kit.post(more=f"traceparent: {TRACEPARENT}\r\n"))
            return (await bench.exchanges(1))[0].trace_id, bench.node.heads[0]

    trace_id, head = asyncio.run(main())

    assert trace_id == TRACEPARENT[3:35]
    assert f"traceparent: {TRACEPARENT}\r\n".encode() in head


def test_secrets_are_not_kept(kit):
    """A key in a header or a body reaches the node and not the journal."""
    secret = "hunter2hunter2hunter2"

    async def main():
        async with kit.bench(kit.ok(f'{{"token":"{secret}"}}'.encode())) as bench:
            more = f"Authorization: Bearer {secret}\r\n"
            await (await bench.line()).ask(kit.post(body=f'{{"api_key":"{secret}"}}'.encode(), more=more))
            return repr(await bench.exchanges(1)), bench.node.heads[0] + bench.node.bodies[0]

    kept, arrived = asyncio.run(main())

    assert secret not in kept
    assert arrived.count(secret.encode()) == 2
