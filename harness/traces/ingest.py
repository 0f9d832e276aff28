"""Take spans in over OTLP/HTTP, as the OpenTelemetry collector does.

Statuses and words are those of its receiver (opentelemetry-collector, `receiver/otlpreceiver/otlphttp.go`
and `config/confighttp`): 405, 415, 400, 413; the answer has the encoding of the request.
"""

import zlib
from collections.abc import Callable, Sequence

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from harness.errors import TraceError
from harness.traces.memory import Memory
from harness.traces.otlp import SealedSpan, seal_json, seal_protobuf

BODY_BYTES_MAX = 20 * 2**20  # The collector's own limit, before and after decompression.
INVALID_ARGUMENT = 3  # google.rpc.Code; RESOURCE_EXHAUSTED is 8.
RESOURCE_EXHAUSTED = 8

_SEALERS: dict[str, Callable[[bytes], Sequence[SealedSpan]]] = {
    "application/json": seal_json,
    "application/x-protobuf": seal_protobuf,
}
_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS}


class _TooLargeError(Exception):
    """The body is larger than the limit, as sent or once decompressed."""


async def take_spans(request: Request, memory: Memory) -> Response:
    """Answer `POST /v1/traces`: keep the spans and say so, or say what is wrong with them."""
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    seal = _SEALERS.get(content_type)
    if request.method != "POST":
        return Response("405 method not allowed, supported: [POST]", 405, {"allow": "POST"}, "text/plain")
    if seal is None:
        words = "415 unsupported media type, supported: [application/json, application/x-protobuf]"
        return Response(words, 415, media_type="text/plain")
    try:
        body = _decompress(await _read(request), request.headers.get("content-encoding", ""))
        memory.add(seal(body))
    except ClientDisconnect:
        return Response(status_code=400)  # Nobody reads it.
    except _TooLargeError:
        return _refusal(413, RESOURCE_EXHAUSTED, "http: request body too large", content_type)
    except TraceError as error:
        return _refusal(400, INVALID_ARGUMENT, str(error), content_type)
    return Response(b'{"partialSuccess":{}}' if seal is seal_json else b"", media_type=content_type)


async def _read(request: Request) -> bytes:
    """The body; an oversized one is refused before it is held in memory."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            raise _TooLargeError
        pieces.append(piece)
    return b"".join(pieces)


def _decompress(body: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in _WINDOW_BITS:
        raise TraceError(f"unsupported Content-Encoding: {encoding}")
    decompressor = zlib.decompressobj(_WINDOW_BITS[encoding])
    try:
        plain = decompressor.decompress(body, BODY_BYTES_MAX + 1)
    except zlib.error as error:
        raise TraceError(f"Content-Encoding {encoding}: {error}") from error
    if len(plain) > BODY_BYTES_MAX:
        raise _TooLargeError
    if not decompressor.eof:
        raise TraceError(f"Content-Encoding {encoding}: the body ends before the compressed data do")
    return plain


def _refusal(status: int, code: int, message: str, content_type: str) -> Response:
    """A google.rpc.Status in the encoding of the request: field 1 is the code, field 2 the message."""
    if content_type == "application/json":
        return Response(orjson.dumps({"code": code, "message": message}), status, media_type=content_type)
    text = message[:30].encode()  # At most 120 bytes: a length below 128 is one byte of protobuf.
    return Response(bytes([0x08, code, 0x12, len(text)]) + text, status, media_type=content_type)
