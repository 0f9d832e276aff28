"""Nodes of a stack that run in containers, beside all else."""

import asyncio
import gc
import json
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from harness.composition.images import ImageMap
from harness.containers.engine import connected
from harness.discovery import SCENARIO, discover
from harness.errors import StackError
from harness.progress import Silent
from harness.stack.contained import Contained, contained
from harness.stack.stack import Keeping, Where, raised
from tests.images.stand_ins.own import own
from tests.states import seen

FOLDER = Path(__file__).parents[1] / "data" / "contained"


@pytest.fixture
def where():
    """A pair of containers, one of them a node's, of this machine's own Python."""
    with connected() as engine:
        image = own(engine)
    return Where(
        folders=(FOLDER,),
        jaeger="none",
        composition=discover(SCENARIO, (FOLDER,))["contained"].composition,
        images=ImageMap({"example/guardrail:1": image}),
    )


def test_without_a_composition_nothing_is_started(tmp_path):
    """Nor is an engine needed."""

    async def go():
        async with contained(Where(), tmp_path, Silent()) as found:
            return found

    assert asyncio.run(go()) == Contained()


@pytest.mark.needs("docker")
def test_a_node_in_a_container_stands_behind_its_wire(where, tmp_path):
    """What answers there is told, whoever it needs is known by it, and what ends is told with its words."""
    scenario = discover(SCENARIO, (FOLDER,))["contained"]

    async def go():
        async with raised(scenario, where, Keeping(tmp_path)) as stack:
            hop = stack.hops["guardrail_in"]
            asked = await stack.client.request(
                "POST",
                f"{hop.url}/v1/guardrails",
                headers=(("content-type", "application/json"),),
                body=b'{"text": "x"}',
            )
            alive = stack.dead()
            stack.containers["first"].signal("KILL")
            dead = await asyncio.to_thread(seen, stack.dead)
            return json.loads(asked.body), hop, alive, dead, list(stack.containers), dict(stack.hurts)

    answer, hop, alive, dead, containers, hurts = asyncio.run(go())

    assert answer == {"text": "as it was", "downstream_black_list": []}
    assert hop.where == f"{where.images.started('example/guardrail:1')} in the place of example/guardrail:1"
    assert hop.url != hop.upstream
    assert (containers, hurts) == (["guardrail_in", "first"], {"first": "guardrail_in"})
    assert alive == ""
    assert dead.startswith("first: ended with code 137")


@pytest.mark.needs("docker")
def test_mocks_beside_are_told_where_it_is(where, tmp_path):
    """With the address of this machine."""
    told = replace(where.composition, settings={"FIRST": "tcp://{first}/x"})

    async def go():
        async with contained(replace(where, composition=told), tmp_path, Silent()) as found:
            return found.settings, found.running.url("first")

    settings, url = asyncio.run(go())

    assert settings == {"FIRST": f"tcp://{url.removeprefix('http://')}/x"}


@pytest.fixture
def leaky():
    """docker-py leaves the socket open of a connection that failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def test_without_an_engine_it_is_said_what_stands_in_containers(tmp_path, monkeypatch, leaky):
    """And what to do about it."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    composition = discover(SCENARIO, (FOLDER,))["contained"].composition

    async def go():
        async with contained(Where(composition=composition), tmp_path, Silent()):
            raise AssertionError

    with pytest.raises(
        StackError, match=r"pair: stands in containers, but docker: no engine answers at unix"
    ):
        asyncio.run(go())
