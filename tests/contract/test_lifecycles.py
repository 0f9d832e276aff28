"""Stores that remember, and stores that do not: each told by the history that shows it."""

import asyncio
from dataclasses import replace

import pytest

from harness.client import Client
from harness.comp import Example, Upload, World
from harness.contract.lifecycles import filled, lifecycles
from harness.contract.talk import Talk
from harness.discovery import COMP, discover
from harness.mocking.app import Mock
from harness.mocking.serving import serving
from tests.contract.stores import (
    Cancelling,
    Careless,
    Forgetful,
    Hasty,
    Mixing,
    Nameless,
    Repeating,
    Store,
    Tenacious,
    Thorough,
    comp,
)

COMPS = discover(COMP)
STATEFUL = [comp for comp in COMPS.values() if comp.lifecycles]


def verdict(served, maker=None):
    """The verdict on what a comp remembers; `maker` runs with it in the same world."""

    async def judged():
        client, world = Client(), World()
        async with serving([Mock(each, world) for each in filter(None, (served, maker))]) as urls:
            others = {maker.id: Talk(client, urls[maker.id], maker)} if maker else {}
            (check,) = lifecycles(served)
            try:
                return await check.judge(Talk(client, urls[served.id], served, others=others))
            finally:
                await client.close()

    return asyncio.run(judged())


def test_a_store_that_remembers_passes_and_is_left_empty():
    """Whatever was made is removed again."""
    store = Store()

    assert verdict(comp(store)).verdict == "holds"
    assert next(store.numbers) > 5
    assert store.notes == {}


@pytest.mark.parametrize(
    ("store", "why"),
    [
        (Forgetful, "what was made cannot be read"),
        (Tenacious, "what was removed can be read"),
        (Repeating, "making gives the id 'id' a second time"),
        (Thorough, "what was made cannot be read"),
        (Nameless, "making gives no id"),
        (Careless, "404 was promised of what was removed"),
        (Mixing, "what was made beside is shown with it"),
    ],
)
def test_a_store_that_does_not_is_told_with_its_history(store, why):
    """What was done until then, and the request that shows it."""
    found = verdict(comp(store()))

    assert found.why.startswith("after make")
    assert found.why.endswith(why)
    assert "curl " in found.repeat


def test_a_history_is_told_again_in_a_shell():
    """Each request a line; the ids are those that come then."""
    *makes, read = verdict(comp(Forgetful())).repeat.splitlines()

    assert len(makes) == 2
    for number, line in enumerate(makes):
        assert line.startswith(f"ID{number}=$(curl -sS --max-time 30 -X POST http://127.0.0.1:")
        assert line.endswith(" | jq -r .id)")
    assert read.startswith("curl -sS -i ")
    assert read.endswith("""--data-binary '{"id":"'"$ID0"'"}'""")
    assert verdict(comp(Repeating())).repeat.splitlines()[-1] == "echo $ID0 $ID1"


@pytest.mark.parametrize("stateful", STATEFUL, ids=lambda each: each.id)
def test_every_comp_that_says_what_it_remembers_does(stateful):
    """Its mock over a real socket, with the mock of what makes what it reads."""
    maker = stateful.lifecycles[0].maker

    assert verdict(stateful, COMPS[maker] if maker else None).verdict == "holds"


def test_what_is_made_by_another_comp_is_read_where_that_runs_too():
    """Alone there is nothing to find out; one that reads nothing of it is told."""
    retrievers, dataprep = COMPS["retrievers"], COMPS["dataprep"]
    blind = replace(retrievers.endpoints[0], answer=lambda _request, _world: {"retrieved_docs": []})

    assert verdict(retrievers).why == "dataprep, which makes what is read here, does not run with it"
    assert verdict(replace(retrievers, endpoints=(blind,)), dataprep).why.endswith(
        "what was made cannot be read"
    )


def test_what_is_removed_by_a_word_only_says_so():
    """Neither before nor never."""
    told = {"gone_says": '"cancelled"'}

    assert verdict(comp(Cancelling(), **told)).verdict == "holds"
    assert verdict(comp(Hasty(), **told)).why.endswith("what was made is shown as removed")
    assert verdict(comp(Tenacious(), **told)).why.endswith('"cancelled" was promised of what was removed')


def test_what_cannot_be_removed_is_made_and_read():
    """And stays."""
    store = Store()

    assert verdict(comp(store, keeps=True)).verdict == "holds"
    assert len(store.notes) > 5


def test_a_text_of_its_own_stands_wherever_its_name_does():
    """In the request, the path and the uploads."""
    example = Example(
        "x", {"a": ["$text"], "n": 1}, files={"f": Upload("$text.txt", b"$text")}, path={"id": "$id"}
    )
    found = filled(example, {"$text": "note", "$id": "7"})

    assert found.request == {"a": ["note"], "n": 1}
    assert found.path == {"id": "7"}
    assert (found.files["f"].name, found.files["f"].content) == ("note.txt", b"note")
