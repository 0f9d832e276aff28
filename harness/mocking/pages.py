"""What a mock serves beside its contract, through FastAPI as OPEA does: health, statistics, metrics, OpenAPI, 404 and 405."""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import cache
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Route

from harness.comp import Comp, Endpoint, Refusal, nearest
from harness.mocking.asgi import App, header, read_body
from harness.mocking.lane import Shared
from harness.mocking.openapi import document
from harness.opea.version import __version__

METRICS_TYPE = "text/plain; version=1.0.0; charset=utf-8"


def pages(comp: Comp, shared: Shared, serve: Callable[[Endpoint], App]) -> FastAPI:
    """The FastAPI app of a comp; `serve(endpoint)` answers the contract's own routes."""
    shown = "/openapi.json" if comp.framework or comp.ready == "/openapi.json" else None
    app = FastAPI(title=comp.title, description=comp.description, openapi_url=shown)
    app.add_middleware(_Browsers)
    if not shared.behaviour.like_upstream:
        app.add_exception_handler(HTTPException, _not_here(comp))
    if comp.framework:
        _framework(app, comp, shared)
    if comp.framework or comp.engine is not None:
        _metrics(app, shared)
    side = [route for route in app.routes if isinstance(route, APIRoute)]
    for endpoint in comp.endpoints:
        app.router.routes.append(Route(endpoint.path, _Asgi(serve(endpoint)), methods=[endpoint.method]))
    as_declared = shared.behaviour.like_upstream
    app.openapi = cache(lambda: document(comp, side, as_declared=as_declared))  # type: ignore[method-assign] # FastAPI's way to show another.
    return app


class _Browsers:
    """CORS as OPEA has it, for those who say where they come from; starlette 1.0 has a header on it for all others too."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._told = CORSMiddleware(
            app, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_browser = scope["type"] == "http" and header(scope, b"origin") is not None
        await (self._told if is_browser else self._app)(scope, receive, send)


class _Asgi:
    """An ASGI app that starlette's `Route` takes for one, which it does of no plain function."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)


def _framework(app: FastAPI, comp: Comp, shared: Shared) -> None:
    """The side endpoints of every OPEA microservice (comps/cores/mega/http_service.py, commit 8130a3f)."""

    async def _health_check() -> dict[str, str]:
        """What this service is; it never looks behind itself."""
        return {
            "Service Title": comp.title,
            "Version": __version__,
            "Service Description": comp.description,
        }

    async def _health() -> Response:
        """That this service is there."""
        return Response(status_code=200)

    async def _get_statistics() -> dict[str, Any]:
        """How long requests took, in seconds."""
        names = (comp.title, *comp.counts_also) if comp.statistics else ()
        return {name: shared.figures.statistics() for name in names}

    for path, page in (
        ("/v1/health_check", _health_check),
        ("/health", _health),
        ("/v1/statistics", _get_statistics),
    ):
        tags: list[str | Enum] | None = None if page is _health else ["Debug"]
        app.add_api_route(path, page, methods=["GET"], response_model=None, tags=tags)


def _metrics(app: FastAPI, shared: Shared) -> None:
    """What the comp counted, for Prometheus."""

    async def metrics() -> Response:
        """What was counted, for Prometheus."""
        return Response(shared.metrics(), headers={"content-type": METRICS_TYPE})

    app.add_api_route("/metrics", metrics, methods=["GET"], response_model=None)


def _not_here(comp: Comp) -> Any:
    """404 and 405 as FastAPI says them; the words go on with the promised route that is most like the one asked for.

    The request is read all the same: what was sent to the wrong route is what one wants to see in the journal.
    """

    async def answer(request: Request, error: HTTPException) -> Response:
        if error.status_code not in (404, 405):
            return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
        with suppress(Refusal):
            await read_body(request.receive)
        words = f"{error.detail}; the nearest contract is {nearest([comp], request.method, request.url.path)}"
        return JSONResponse({"detail": words}, error.status_code, error.headers)

    return answer
