"""What is posted once goes to several: so that stores can be compared by the very same spans."""

import contextlib

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.traces.application import serve_app


@contextlib.asynccontextmanager
async def sent_to_both(*addresses):
    """An OTLP address whose posts go to each of the others, byte for byte."""
    async with httpx.AsyncClient(verify=False) as http:

        async def post(request):
            body, kind = await request.body(), {"content-type": request.headers["content-type"]}
            replies = [await http.post(address, content=body, headers=kind) for address in addresses]
            return Response(
                replies[-1].content,
                max(reply.status_code for reply in replies),
                media_type="application/json",
            )

        async with serve_app(Starlette(routes=[Route("/v1/traces", post, methods=["POST"])])) as url:
            yield url
