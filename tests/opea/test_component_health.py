"""What a microservice says of its components."""

import asyncio
import gc
import threading
import time

import httpx
import pytest

from harness.opea import MicroService, OpeaComponent
from harness.opea.component_health import LIMIT_S, Components, components_health
from tests.opea.serving import serving

GONE = "no model there"


class Component(OpeaComponent):
    """Says what it is told to say."""

    def __init__(self, name, says):
        super().__init__(name, "llm", "says")
        self.says = says

    def check_health(self):
        if self.says == GONE:
            raise OSError(GONE)
        return self.says

    async def invoke(self, *args, **kwargs):
        return None


class Asynchronous(Component):
    """The same, to be awaited."""

    async def check_health(self):
        return self.says


@pytest.fixture(autouse=True)
def forgotten():
    """No component outlives its test, since other tests look at services that have none."""
    yield
    gc.collect()


def health(*components):
    return asyncio.run(components_health(list(components)))


@pytest.mark.parametrize(
    ("kind", "says", "told"),
    [
        (Component, True, (True, "")),
        (Component, False, (False, "")),
        (Component, None, (False, "")),
        (Component, GONE, (False, f"OSError: {GONE}")),
        (Asynchronous, True, (True, "")),
        (Asynchronous, False, (False, "")),
    ],
    ids=["yes", "no", "nothing", "raises", "awaited yes", "awaited no"],
)
def test_a_component_says_how_it_is(kind, says, told):
    """What it raises is a no, with the reason; one that says nothing says no."""
    assert health(kind("a", says)) == [{"component": "a", "healthy": told[0], "detail": told[1]}]


def test_one_that_does_not_end_is_not_waited_for():
    """Nor do others wait for it."""
    let_go = threading.Event()

    class Stuck(Component):
        def check_health(self):
            return let_go.wait(30)

    began_s = time.monotonic()

    async def main():
        told = await components_health([Stuck("stuck", True), Component("a", True)])
        took_s = time.monotonic() - began_s
        let_go.set()
        return told, took_s

    told, took_s = asyncio.run(main())

    assert told[0] == {
        "component": "stuck",
        "healthy": False,
        "detail": "check_health has not ended after 2 s",
    }
    assert told[1]["healthy"] is True
    assert took_s < LIMIT_S + 10


def test_components_are_known_as_long_as_somebody_holds_them():
    """In the order in which they were made."""
    known = Components()
    first, second = Component("first", True), Component("second", True)
    known.add(first)
    known.add(second)

    assert [each.name for each in known.alive()] == ["first", "second"]

    del first
    gc.collect()

    assert [each.name for each in known.alive()] == ["second"]


def test_a_microservice_tells_of_its_components_and_is_alive_all_the_same():
    """`/health` asks none of them."""
    component = Component("OPEA_TEI_EMBEDDING", GONE)
    service = MicroService("embedding", host="127.0.0.1", port=0)
    with serving(service) as url:
        told = httpx.get(f"{url}/v1/health_check", timeout=10)
        alive = httpx.get(f"{url}/health", timeout=10)

    assert (told.status_code, alive.status_code, alive.content) == (200, 200, b"")
    assert {"component": component.name, "healthy": False, "detail": f"OSError: {GONE}"} in told.json()[
        "components"
    ]
