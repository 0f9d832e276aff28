"""Waiting until something says that it is ready."""

import asyncio
import re
from dataclasses import replace
from time import monotonic

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.talk import Talk
from harness.errors import StackError
from harness.images.boot import answered, booted, is_ready
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import serving
from tests.mocking.greeter import GREETER
from tests.raw_server import serve, then_silent


def boot(behaviour, limit_s=20.0, comp=GREETER):
    """The verdict on a mock that behaves so."""

    async def awaited():
        client = Client()
        async with serving([Mock(GREETER, World(), behaviour=behaviour)]) as urls:
            try:
                return await booted(Talk(client, urls["greeters"], comp), limit_s)
            finally:
                await client.close()

    return asyncio.run(awaited())


def test_what_is_ready_after_a_while_is_waited_for():
    """And it is said how long that took."""
    found = boot(Behaviour(start_ms=300))

    assert (found.id, found.verdict) == ("greeters.boot", "holds")
    assert 0.3 <= float(re.fullmatch(r"after (\S+) s", found.why)[1]) < 20


@pytest.mark.parametrize(
    ("behaviour", "comp", "actual"),
    [
        (Behaviour(start_ms=60_000), GREETER, "/v1/health_check: answers 503"),
        (Behaviour(), replace(GREETER, ready="/nope"), "/nope: answers 404"),
    ],
)
def test_what_is_not_ready_in_time_is_violated_with_what_it_said_last(behaviour, comp, actual):
    """And with the request that shows it."""
    found = boot(behaviour, 0.5, comp)

    assert (found.verdict, found.why) == ("violated", "is not ready after 0.5 s")
    assert found.actual.startswith(actual)
    assert found.repeat.startswith("curl ")


def test_what_says_nothing_is_not_waited_for_longer_than_it_may_take():
    """However long an answer of its contract may."""

    async def awaited():
        client = Client()
        async with serve(then_silent()) as server:
            try:
                return await booted(Talk(client, server.url(""), GREETER), 0.1)
            finally:
                await client.close()

    began = monotonic()
    found = asyncio.run(awaited())

    assert found.verdict == "violated"
    assert found.actual.startswith("/v1/health_check: http://127.0.0.1:")
    assert "within 2 s" in found.actual
    assert monotonic() - began < 20


def test_where_nobody_is_nothing_is_proven():
    """That is an error of the surroundings, with how long it was tried."""

    async def awaited():
        await booted(Talk(Client(), "http://127.0.0.1:9", GREETER), 0.3)

    with pytest.raises(StackError) as caught:
        asyncio.run(awaited())

    assert str(caught.value).startswith("http://127.0.0.1:9: cannot be reached: ")
    assert str(caught.value).endswith("tried for 0.3 s")


def test_whether_it_is_ready_is_also_answered_where_nobody_is():
    """No, and no error."""

    async def asked():
        async with serving([Mock(GREETER, World())]) as urls:
            return [
                await is_ready(urls["greeters"], GREETER, 10.0),
                await is_ready("http://127.0.0.1:9", GREETER, 0.3),
            ]

    assert asyncio.run(asked()) == [True, False]


def answer(behaviour=None, comp=GREETER, limit_s=20.0):
    """The verdict on whether a mock answers an example."""

    async def asked():
        client = Client()
        async with serving([Mock(GREETER, World(), behaviour=behaviour or Behaviour())]) as urls:
            try:
                return await answered(Talk(client, urls["greeters"], comp), limit_s)
            finally:
                await client.close()

    return asyncio.run(asked())


def test_what_answers_a_request_of_its_contract_holds():
    """Also after a while."""

    assert answer().verdict == "holds"
    assert answer(Behaviour(start_ms=300)).verdict == "holds"


def test_what_does_not_answer_is_violated_with_what_it_said_last():
    """At once where time does not change it."""
    late = answer(Behaviour(start_ms=60_000), limit_s=0.3)
    elsewhere = replace(GREETER, endpoints=(replace(GREETER.endpoints[0], path="/nope"),))
    wrong = answer(comp=elsewhere, limit_s=60.0)

    assert (late.id, late.verdict, late.why) == (
        "greeters.answers",
        "violated",
        "is not answered within 0.3 s",
    )
    assert late.actual.startswith("503 ")
    assert (wrong.why, wrong.actual[:4]) == ("is refused", "404 ")
    assert wrong.repeat.startswith("curl ")


def test_a_comp_without_an_example_cannot_be_asked():
    """That is not counted."""

    assert answer(comp=replace(GREETER, endpoints=())).verdict == "n/a"
