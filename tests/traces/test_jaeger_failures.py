"""What goes wrong with a Jaeger is a TraceError that says what; an error is never an empty success."""

import asyncio
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from harness.errors import TraceError
from harness.traces.jaeger import Jaeger, Window
from tests.traces.application import serve_app

EVER = Window(0, 2 * 10**18)


def broken(answer):
    """A Jaeger that names its services and answers searches as told."""

    async def services(_):
        return JSONResponse({"services": ["rag"]})

    async def traces(_):
        return answer()

    return Starlette(routes=[Route("/api/v3/services", services), Route("/api/v3/traces", traces)])


async def _half():
    yield b'{"result":'
    raise ConnectionResetError


async def _nothing():
    await asyncio.sleep(30)
    yield b""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda: JSONResponse({"error": {"httpCode": 501, "message": "no store"}}, 501),
            "answered 501 .*no store",
        ),
        (lambda: JSONResponse({"error": {"httpCode": 500, "message": "boom"}}, 500), "answered 500 .*boom"),
        (lambda: JSONResponse({"error": {"httpCode": 500, "message": "late"}}), "answered with .*late"),
        (lambda: HTMLResponse("<html>"), "the answer '<html>' is not Jaeger's"),
        (lambda: HTMLResponse("<html>", 404), "answered 404 '<html>'"),
        (
            lambda: JSONResponse({"result": {"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}}),
            "is no 32 hex",
        ),
        (lambda: StreamingResponse(_half()), "RemoteProtocolError"),
        (lambda: StreamingResponse(_nothing()), r"no whole answer within 0\.5 s"),
    ],
)
def test_an_error_is_never_an_empty_success(answer, words):
    """Whatever is not traces raises, and the message says what was seen."""

    async def main():
        async with serve_app(broken(answer)) as url, Jaeger(url, limit_s=0.5) as jaeger:
            await jaeger.traces(EVER, ["rag"])

    with pytest.raises(TraceError, match=words):
        asyncio.run(main())


def test_v1_errors_without_data_raise():
    """`/api` says errors in its envelope, even with status 200."""

    async def services(_):
        return JSONResponse({"data": ["rag"]})

    async def traces(_):
        return JSONResponse({"data": None, "errors": [{"code": 500, "msg": "storage gone"}]})

    app = Starlette(routes=[Route("/api/services", services), Route("/api/traces", traces)])

    async def main():
        async with serve_app(app) as url, Jaeger(url, api="v1") as jaeger:
            await jaeger.traces(EVER)

    with pytest.raises(TraceError, match="storage gone"):
        asyncio.run(main())


def test_what_is_no_jaeger_is_said():
    """An address that answers with pages is refused with what was seen and what would be right."""

    async def page(_):
        return HTMLResponse("<!doctype html>")

    async def main():
        app = Starlette(routes=[Route("/{rest:path}", page)])
        async with serve_app(app) as url, Jaeger(url) as jaeger:
            await jaeger.services()

    with pytest.raises(
        TraceError, match=r"no Jaeger's query API: /api/v3/services answered 200 .*path prefix"
    ):
        asyncio.run(main())


def test_nobody_there_is_said():
    """A refused connection names the address."""

    async def main():
        async with Jaeger("http://127.0.0.1:9") as jaeger:
            await jaeger.services()

    with pytest.raises(TraceError, match=re.escape("http://127.0.0.1:9/api/v3/services: ConnectError")):
        asyncio.run(main())


def test_an_unknown_api_is_refused():
    """The message names those there are."""
    with pytest.raises(TraceError, match="api 'v2': there is none; it is auto, v1 or v3"):
        Jaeger("http://127.0.0.1:9", api="v2")
