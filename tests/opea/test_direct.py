"""The short way to a route does what the long one does."""

import json

import httpx
import pytest
from fastapi import HTTPException, Request, Response
from pydantic import BaseModel, Field

from harness.opea import MicroService, Problem
from harness.opea.direct import Direct, as_response
from harness.opea.problems import Failure
from tests.opea.serving import serving


class Doc(BaseModel):
    text: str = Field(serialization_alias="words")
    none: int | None = None


async def echo(request: Request):
    return await request.json()


async def documented(body: dict) -> dict:
    return body


async def doc(request: Request):
    return Doc(text="a")


async def teapot(request: Request):
    raise HTTPException(418, "short and stout")


async def problem(request: Request):
    raise Problem(Failure("llm", "refused", "no connection"))


async def plain(request: Request) -> Response:
    return Response("hi", 201)


HANDLERS = {
    "echo": echo,
    "documented": documented,
    "doc": doc,
    "teapot": teapot,
    "problem": problem,
    "plain": plain,
}


def service():
    made = MicroService("teller", host="127.0.0.1", port=0)
    for name, handler in HANDLERS.items():
        made.add_route(f"/v1/{name}", handler, methods=["POST"])
    return made


@pytest.fixture(scope="module")
def addresses():
    """The same routes on the short way, and on FastAPI's alone."""
    short, long = service(), service()
    long.app.add_exception_handler(ZeroDivisionError, lambda request, error: Response("never", 599))
    with serving(short) as one, serving(long) as other:
        yield one, other


@pytest.mark.parametrize("name", list(HANDLERS))
@pytest.mark.parametrize("origin", [{}, {"Origin": "http://ui"}], ids=["", "other origin"])
def test_both_ways_answer_the_same(addresses, name, origin):
    """Status, type, body and what other origins may do."""
    told = []
    for address in addresses:
        reply = httpx.post(f"{address}/v1/{name}", json={"a": [1, "é", None]}, headers=origin)
        allowed = reply.headers.get("access-control-allow-origin") if origin else None
        told.append((reply.status_code, reply.headers.get("content-type"), reply.content, allowed))

    assert told[0][:2] == told[1][:2]
    assert told[0][2] == told[1][2] or json.loads(told[0][2]) == json.loads(told[1][2])
    assert (told[0][3] is None) == (told[1][3] is None)


def test_only_plain_handlers_go_the_short_way():
    """Those that take anything else, or promise a model, are FastAPI's."""
    made = service()
    made.stop()
    direct = Direct(made.app)
    for name, handler in HANDLERS.items():
        direct.add(f"/v1/{name}", handler, ["POST"])
    direct.add("/v1/{id}", echo, ["POST"])
    direct.add("/v1/sync", lambda request: None, ["POST"])

    assert {path for _, path in direct._handlers} == {
        f"/v1/{name}" for name in HANDLERS if name != "documented"
    }


def test_a_route_is_documented_either_way(addresses):
    """The page of the API knows it."""
    told = httpx.get(f"{addresses[0]}/openapi.json").json()

    assert {f"/v1/{name}" for name in HANDLERS} <= set(told["paths"])


def test_another_method_is_refused_as_fastapi_does(addresses):
    """The short way is only for the methods that were given."""
    assert [httpx.get(f"{address}/v1/echo").status_code for address in addresses] == [405, 405]


def test_a_body_without_a_length_is_left_to_fastapi(addresses):
    """It is read all the same."""

    def parts():
        yield b'{"a": '
        yield b"1}"

    reply = httpx.post(
        f"{addresses[0]}/v1/echo", content=parts(), headers={"Content-Type": "application/json"}
    )

    assert reply.json() == {"a": 1}


def test_what_a_handler_gives_becomes_a_reply():
    """A reply stays, a model is written with its aliases, plain data as JSON."""
    reply = Response("x")

    assert as_response(reply) is reply
    assert as_response(Doc(text="a")).body == b'{"words":"a","none":null}'
    assert as_response({1: 2}).body == b'{"1":2}'
    assert as_response([Doc(text="a")]).body == b'[{"words":"a","none":null}]'
