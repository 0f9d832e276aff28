"""What answers is recognised by its title and its routes."""

import asyncio

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.talk import Talk
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.images.identity import (
    Identity,
    likeliest,
    mismatch,
    require_comp,
    require_ready_route,
    says_what_it_is,
)
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from tests.raw_server import serve

COMPS = discover(COMP)
EMBEDDINGS, TEI = COMPS["embeddings"], COMPS["third_parties.tei"]
TITLE = "opea_service@embedding"
NO_TITLE = "it has no /v1/health_check with a Service Title, as every OPEA service has"


def asked(question, served, comp, behaviour=None):
    """What `question(talk)` says of a mock of one comp that is said to be another."""

    async def once():
        client = Client()
        async with serving([Mock(served, World(), behaviour=behaviour or Behaviour())]) as urls:
            try:
                return await question(Talk(client, urls[served.id], comp))
            finally:
                await client.close()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("comp", "found", "why"),
    [
        (EMBEDDINGS, Identity(TITLE, ("POST /v1/embeddings",)), None),
        (EMBEDDINGS, Identity(TITLE), None),
        (TEI, Identity("", ("POST /embed", "POST /predict")), None),
        (TEI, Identity(), None),
        (
            EMBEDDINGS,
            Identity("opea_service@asr"),
            "its title is opea_service@asr, that of the comp is opea_service@embedding",
        ),
        (
            EMBEDDINGS,
            Identity("", ("POST /embed",)),
            f"{NO_TITLE}; it shows POST /embed",
        ),
        (
            EMBEDDINGS,
            Identity(),
            f"{NO_TITLE}; it shows no OpenAPI document either",
        ),
        (EMBEDDINGS, Identity(TITLE, ("GET /x",)), "it has none of the comp's routes; it shows GET /x"),
    ],
)
def test_what_cannot_be_the_comp_is_told_by_its_title_or_its_routes(comp, found, why):
    """What does not say what it is may be it."""

    assert mismatch(comp, found) == why


def test_the_likeliest_comp_has_the_title_or_the_most_routes():
    """Nothing is like what has neither."""

    assert likeliest(Identity(TITLE), COMPS) == "embeddings"
    assert likeliest(Identity("", ("POST /embed", "POST /rerank")), COMPS) == "third_parties.tei"
    assert likeliest(Identity("", ("GET /nowhere",)), COMPS) is None


def test_another_comp_is_an_error_that_says_which():
    """In one sentence, with what to type."""
    with pytest.raises(UsageError) as caught:
        asked(lambda talk: require_comp(talk, COMPS), EMBEDDINGS, COMPS["rerankings"])

    assert str(caught.value).split(": is not ")[1] == (
        "rerankings: its title is opea_service@embedding, that of the comp is opea_service@reranking; try --comp embeddings"
    )
    assert asked(lambda talk: require_comp(talk, COMPS), EMBEDDINGS, EMBEDDINGS) is None


def test_a_service_that_is_starting_does_not_say_what_it_is():
    """One that has started does."""
    starting = Behaviour(start_ms=60_000)

    assert not asked(says_what_it_is, EMBEDDINGS, EMBEDDINGS, starting)
    assert asked(says_what_it_is, EMBEDDINGS, EMBEDDINGS)


def test_what_has_not_even_the_route_of_readiness_is_something_else():
    """In one sentence, with what was seen; one that has it, or is only starting, may be the comp."""
    ollama, starting = COMPS["third_parties.ollama"], Behaviour(start_ms=60_000)
    with pytest.raises(UsageError) as caught:
        asked(require_ready_route, ollama, EMBEDDINGS)

    assert ": is not embeddings: GET /v1/health_check answers 404 " in str(caught.value)
    assert str(caught.value).endswith("; the comp says there that it is ready")
    assert asked(require_ready_route, EMBEDDINGS, EMBEDDINGS) is None
    assert asked(require_ready_route, EMBEDDINGS, EMBEDDINGS, starting) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"301 X\r\nLocation: https://a.example/\r\n", "301 (to https://a.example/)"),
        (b"401 X\r\n", "401"),
        (b"408 X\r\n", None),
        (b"429 X\r\n", None),
        (b"503 X\r\n", None),
    ],
)
def test_what_sends_elsewhere_or_is_closed_is_not_the_comp(reply, words):
    """In one sentence, with what was seen; what is only busy may be it."""

    async def once():
        client = Client()
        page = b"<html>\n<b>\x1b[2J" + b"x" * 300
        length = f"Content-Length: {len(page)}\r\n\r\n".encode()
        async with serve(b"HTTP/1.1 " + reply + length + page) as server:
            try:
                await require_ready_route(Talk(client, server.url(""), EMBEDDINGS))
            except UsageError as error:
                return str(error).partition(": is not embeddings: GET /v1/health_check answers ")[2]
            finally:
                await client.close()
        return None

    told = asyncio.run(once())

    assert (told is None) == (words is None)
    if words:
        assert told.startswith(f"{words} <html> <b> [2Jxxx")
        assert told.endswith("x; the comp says there that it is ready")
        assert len(told) < 300


def test_what_hangs_up_does_not_say_what_it_is():
    """As Docker's proxy does before a container that does not listen yet."""

    async def once():
        hangs_up = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = hangs_up.sockets[0].getsockname()[1]
        client = Client()
        async with hangs_up:
            try:
                return await says_what_it_is(Talk(client, f"http://127.0.0.1:{port}", EMBEDDINGS))
            finally:
                await client.close()

    assert asyncio.run(once()) is False
