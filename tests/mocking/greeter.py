"""A small comp with one endpoint of each kind, and a way to ask its mock over a real socket."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from pydantic import BaseModel

from harness.comp import Binary, Comp, Deviation, Endpoint, Example, Refusal, Stream, Upload, Variant, World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving


class Greeting(BaseModel):
    """Who is to be greeted."""

    name: str
    loud: bool = False


class Counting(BaseModel):
    """How far to count."""

    upto: int


class Greeted(BaseModel):
    """The greeting."""

    text: str
    times: int | None = None


def greet(request, world):
    """Greets; a nobody is refused, counting never ends in more than the number."""
    if isinstance(request, Counting):
        return {"text": " ".join(map(str, range(request.upto))), "usage": {"completion_tokens": request.upto}}
    if request.name == "nobody":
        raise Refusal(403, "nobody is not greeted", headers={"x-why": "so"})
    return Greeted(text=f"Hello {request.name}")


def stream(request, world):
    """Says the name letter by letter."""
    tokens = tuple(f"data: {letter}\n\n".encode() for letter in request.name)
    return Stream("raw_delta", (b": head\n\n",), tokens, (b"data: [DONE]\n\n",))


def upload(form, world):
    """Tells what it got."""
    return {
        name: [each.content.decode() if isinstance(each, Upload) else each for each in _many(value)]
        for name, value in form.items()
    }


def _many(value):
    return value if isinstance(value, tuple) else (value,)


def lookup(request, world, thing):
    """The path's own parameter."""
    return {"thing": thing}


def search(fields, world):
    """The query's own parameters."""
    return {"found": fields.text if hasattr(fields, "text") else fields}


def crash(request, world):
    """A mock with an error of its own."""
    raise ZeroDivisionError


def variants(name, request, reply, *examples):
    """One variant."""
    return (Variant(name, request, reply, examples),)


GREETER = Comp(
    id="greeters",
    title="opea_service@greeter",
    port=6001,
    endpoints=(
        Endpoint(
            "/v1/greet",
            greet,
            (
                Variant("greeting", Greeting, Greeted, (Example("ada", {"name": "Ada"}),)),
                Variant("counting", Counting, None, (Example("three", {"upto": 3}),)),
            ),
            "source-only",
            "x.py",
            known=(Deviation("empty", "an empty name", lambda body: body.get("name") == "", 500),),
        ),
        Endpoint("/v1/letters", stream, variants("letters", Greeting, None), "source-only", "x.py"),
        Endpoint("/v1/upload", upload, variants("form", None, None), "source-only", "x.py", body="form"),
        Endpoint(
            "/v1/things/{thing}", lookup, variants("thing", None, None), "source-only", "x.py", "GET", "none"
        ),
        Endpoint("/v1/search", search, variants("query", None, None), "source-only", "x.py", "GET", "query"),
        Endpoint(
            "/v1/image",
            lambda request, world: Binary(b"\x89PNG", "image/png"),
            variants("image", None, bytes),
            "source-only",
            "x.py",
            "GET",
            "none",
        ),
        Endpoint("/v1/crash", crash, variants("crash", None, None), "source-only", "x.py", "GET", "none"),
    ),
)


def asked(work, mock=None):
    """The result of `work(client)` on a mock that is served for it."""
    mock = mock or Mock(GREETER, World())

    async def once():
        async with serving([mock]) as urls, httpx.AsyncClient(base_url=urls[mock.name], timeout=10) as client:
            return await work(client)

    return asyncio.run(once())


@asynccontextmanager
async def client_of(mock):
    """A client of a mock that is served while the context stands."""
    async with serving([mock]) as urls, httpx.AsyncClient(base_url=urls[mock.name], timeout=10) as client:
        yield client


def post(path, body, mock=None, headers=None):
    """One POST of JSON."""
    return asked(lambda client: client.post(path, json=body, headers=headers), mock)


def with_endpoint(endpoint):
    """A mock of the comp with one more endpoint, that behaves like upstream."""
    comp = replace(GREETER, endpoints=(*GREETER.endpoints, endpoint))
    return Mock(comp, World(), behaviour=Behaviour(like_upstream=True))


def get(path, mock=None, headers=None):
    """One GET."""
    return asked(lambda client: client.get(path, headers=headers), mock)
