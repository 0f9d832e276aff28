"""Where a Jaeger that runs already takes spans."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from harness.client import Client
from harness.errors import StackError
from harness.jaeger import intake as module
from harness.jaeger.intake import intake
from harness.traces.memory import Memory
from harness.traces.store import application
from tests.traces.application import serve_app


async def found(query):
    client = Client()
    try:
        return await intake(client, query)
    finally:
        await client.close()


def page(_):
    return HTMLResponse("<html>Jaeger UI</html>")


USER_INTERFACE = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])


def test_one_that_takes_spans_where_it_is_asked_is_given_them_there():
    """As the embedded store does."""

    async def scenario():
        async with serve_app(application(Memory())) as url:
            return url, await found(f"{url}/")

    url, otlp = asyncio.run(scenario())

    assert otlp == f"{url}/v1/traces"


def test_else_they_go_to_the_port_of_otlp_on_its_host(monkeypatch):
    """A user interface that answers everything with its page takes nothing."""

    async def scenario():
        async with serve_app(USER_INTERFACE) as query, serve_app(application(Memory())) as otlp:
            monkeypatch.setattr(module, "OTLP_PORT", int(otlp.rpartition(":")[2]))
            return otlp, await found(f"{query}/jaeger")

    otlp, seen = asyncio.run(scenario())

    assert seen == f"{otlp}/v1/traces"


def test_one_that_takes_none_is_told(monkeypatch):
    """Both addresses, what each said, and what would be right."""

    async def scenario():
        async with serve_app(USER_INTERFACE) as query:
            monkeypatch.setattr(module, "OTLP_PORT", 1)
            await found(query)

    with pytest.raises(
        StackError,
        match=r"--jaeger http://\S+: takes no spans: http://\S+/v1/traces answers 200; "
        r"http://127\.0\.0\.1:1/v1/traces cannot be asked \(refused\); a Jaeger with OTLP",
    ):
        asyncio.run(scenario())
