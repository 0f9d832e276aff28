"""The short way to a route: a handler that takes the plain request is called without FastAPI's machinery.

Validating nothing and documenting nothing takes FastAPI longer than a node takes to answer. The routes are FastAPI's
all the same, for its pages and for whoever tests the app; only who serves them over HTTP is shorter. An app to which
somebody added a middleware or an exception handler is served by FastAPI alone.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exception_handlers import http_exception_handler
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from harness.opea.problems import Problem, answer_problem

Handler = Callable[[Request], Awaitable[Any]]

BODY_BYTES_MAX = 64 * 2**20


class Direct:
    """ASGI: routes that can be served directly are, all others go to the app."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._plain = _extras(app)
        self._handlers: dict[tuple[str, str], tuple[Handler, str]] = {}

    def add(self, path: str, handler: Callable[..., Any], methods: Iterable[str]) -> None:
        """Serve a handler directly, if it is one that takes the plain request and nothing else."""
        if "{" not in path and _takes_request(handler):
            for method in methods:
                self._handlers.setdefault((method.upper(), path), (handler, path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self._handlers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None or _extras(self._app) != self._plain or not _is_bounded(scope):
            await self._app(scope, receive, send)
            return
        handler, scope["opea.route"] = found
        scope["app"] = self._app
        request = Request(scope, receive, send)
        try:
            response = as_response(await handler(request))
        except Problem as problem:
            response = await answer_problem(request, problem)
        except HTTPException as error:
            response = await http_exception_handler(request, error)
        if "origin" in request.headers:
            response.headers["access-control-allow-origin"] = request.headers["origin"]
            response.headers["access-control-allow-credentials"] = "true"
            response.headers.append("vary", "Origin")
        await response(scope, receive, send)


def as_response(result: Any) -> Response:
    """What a handler gave, as FastAPI would send it."""
    if isinstance(result, Response):
        return result
    if isinstance(result, BaseModel):
        body = type(result).__pydantic_serializer__.to_json(result, by_alias=True)
    else:
        body = orjson.dumps(result, jsonable_encoder, orjson.OPT_NON_STR_KEYS)
    return Response(body, media_type="application/json")


def _takes_request(handler: Callable[..., Any]) -> bool:
    """Whether a handler is a coroutine function of one `Request`, and leaves the reply to itself."""
    if not inspect.iscoroutinefunction(handler):
        return False
    try:
        signature = inspect.signature(handler, eval_str=True)
    except NameError:
        return False
    kinds = [parameter.annotation for parameter in signature.parameters.values()]
    return kinds == [Request] and signature.return_annotation in (
        inspect.Signature.empty,
        Any,
        None,
        Response,
    )


def _extras(app: FastAPI) -> tuple[int, int]:
    return len(app.user_middleware), len(app.exception_handlers)


def _is_bounded(scope: Scope) -> bool:
    """Whether the request says a length that may be read; FastAPI deals with all others."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return bool(value.isdigit()) and int(value) <= BODY_BYTES_MAX
    return scope["method"] in ("GET", "HEAD")
