"""Comps as data."""

import threading
from concurrent.futures import ThreadPoolExecutor

from harness.comp import Comp, Endpoint, Refusal, World, nearest
from harness.discovery import COMP as KIND
from harness.discovery import discover

ENDPOINTS = (
    Endpoint("/v1/bias", lambda request, world: None, (), "executed", "x.py"),
    Endpoint("/v1/files/{name}", lambda request, world, name: None, (), "executed", "x.py", method="GET"),
    Endpoint("/", lambda request, world: None, (), "executed", "x.py"),
)
COMP = Comp("guardrails.bias_detection", "opea_service@bias_detection", 9092, ENDPOINTS)


def test_an_unknown_route_has_a_nearest_promised_one():
    """A wrong route is near the one that was meant."""
    assert nearest([COMP], "POST", "/v1/detect_bias") == "POST /v1/bias"


def test_without_comps_there_is_no_nearest_route():
    """The word for it can stand in a message."""
    assert nearest([], "POST", "/x") == "none"


def test_slugs_are_safe_for_check_ids():
    """The path without slashes and braces; methods other than POST are named."""
    assert [endpoint.slug for endpoint in ENDPOINTS] == ["v1-bias", "get-v1-files-name", "root"]


def test_an_endpoint_is_found_by_path_and_method():
    """Only the right method finds it."""
    assert COMP.endpoint("/v1/bias") is ENDPOINTS[0]
    assert COMP.endpoint("/v1/bias", "GET") is None


def test_a_store_is_shared_and_made_once():
    """What dataprep fills is what the retriever searches."""
    world = World()

    assert world.store("vectors", list) is world.store("vectors", dict)


def test_random_depends_on_seed_and_key_alone():
    """Same seed and key, same numbers; another key or seed, others."""
    draws = [World(seed=seed).random(key).random() for seed, key in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))]

    assert draws[0] == draws[1]
    assert len(set(draws)) == 3


def test_a_refusal_says_status_and_reason():
    """Both stand in its words."""
    assert str(Refusal(400, "no files")) == "400: no files"


def test_what_a_comp_needs_is_a_comp():
    """Each variable by which an image is told where another is names one whose mock can stand there."""
    comps = discover(KIND)

    assert comps["embeddings"].needs == {"TEI_EMBEDDING_ENDPOINT": "third_parties.tei"}
    assert {name for each in comps.values() for name in each.needs.values()} <= set(comps)


def test_what_a_world_holds_is_closed_with_it():
    """Each store that can be; one that cannot is let be."""

    class Closing:
        is_closed = False

        def close(self):
            self.is_closed = True

    world, closing = World(), Closing()
    world.store("closing", lambda: closing)
    world.store("plain", dict)
    world.close()

    assert closing.is_closed


def test_threads_that_want_a_store_at_once_get_the_same_one():
    """It is made once, however long that takes; the making may ask for another."""
    world, begun = World(), threading.Barrier(4)

    def make():
        return world.store("inner", object), object()

    def ask(_):
        begun.wait(10)
        return world.store("outer", make)

    with ThreadPoolExecutor(4) as threads:
        assert len({id(found) for found in threads.map(ask, range(4))}) == 1
