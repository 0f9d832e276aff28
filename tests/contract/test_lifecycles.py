"""Stores that remember, and stores that do not: each told by the history that shows it."""

import asyncio
from itertools import count

import pytest
from pydantic import BaseModel

from harness.client import Client
from harness.comp import Comp, Endpoint, Example, Lifecycle, Refusal, Upload, Variant, World
from harness.contract.lifecycles import filled, lifecycles
from harness.contract.verifier import verify
from harness.discovery import COMP, discover
from harness.stack.mock_app import Mock
from harness.stack.mock_serving import serving

STATEFUL = [comp for comp in discover(COMP).values() if comp.lifecycles]


class Note(BaseModel):
    """What is kept."""

    text: str = ""
    id: str = ""


class Store:
    """A good store; its children are not."""

    def __init__(self):
        self.numbers, self.notes = count(), {}

    def make(self, note):
        """Keep it, and give its id."""
        name = f"id-{next(self.numbers)}"
        self.notes[name] = note.text
        return {"id": name}

    def read(self, note):
        """What was kept."""
        if note.id not in self.notes:
            raise Refusal(404, "there is none")
        return {"text": self.notes[note.id]}

    def remove(self, note):
        """Forget it."""
        return {"removed": self.notes.pop(note.id, None) is not None}


class Forgetful(Store):
    """Forgets all but the last."""

    def make(self, note):
        """Keep only this."""
        self.notes.clear()
        return super().make(note)


class Tenacious(Store):
    """Keeps what was removed."""

    def remove(self, note):
        """Say so, and do nothing."""
        return {"removed": True}


class Repeating(Store):
    """Has one id."""

    def make(self, note):
        """Under the id of before."""
        self.notes["id"] = note.text
        return {"id": "id"}


class Thorough(Store):
    """Removes more than it was asked for."""

    def remove(self, note):
        """Everything."""
        self.notes.clear()
        return {"removed": True}


class Nameless(Store):
    """Gives no id."""

    def make(self, note):
        """Without a word."""
        return {}


class Careless(Store):
    """Has nothing to say of what is not there."""

    def read(self, note):
        """An empty text."""
        return {"text": self.notes.get(note.id, "")}


def comp(store):
    """A comp over a store."""
    endpoints = tuple(
        Endpoint(
            f"/v1/{name}",
            lambda note, _world, name=name: getattr(store, name)(note),
            (Variant("note", Note, None, ()),),
            "source-only",
            "x.py",
        )
        for name in ("make", "read", "remove")
    )
    kept = Lifecycle(
        "notes",
        ("POST /v1/make", Example("made", {"text": "$text"})),
        ("POST /v1/read", Example("read", {"id": "$id"})),
        ("POST /v1/remove", Example("removed", {"id": "$id"})),
        pick="id",
    )
    return Comp("notes", "opea_service@notes", 6000, endpoints, lifecycles=(kept,))


def verdict(served):
    """The verdict on what a comp remembers."""

    async def judged():
        client = Client()
        async with serving([Mock(served, World())]) as urls:
            try:
                return await verify(served, urls[served.id], client, list(lifecycles(served)))
            finally:
                await client.close()

    (found,) = asyncio.run(judged())
    return found


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
    ],
)
def test_a_store_that_does_not_is_told_with_its_history(store, why):
    """What was done until then, and the request that shows it."""
    found = verdict(comp(store()))

    assert found.why.startswith("after make")
    assert found.why.endswith(why)
    assert "curl " in found.repeat


@pytest.mark.parametrize("stateful", STATEFUL, ids=lambda each: each.id)
def test_every_comp_that_says_what_it_remembers_does(stateful):
    """Its mock over a real socket."""

    assert verdict(stateful).verdict == "holds"


def test_a_text_of_its_own_stands_wherever_its_name_does():
    """In the request, the path and the uploads."""
    example = Example(
        "x", {"a": ["$text"], "n": 1}, files={"f": Upload("$text.txt", b"$text")}, path={"id": "$id"}
    )
    found = filled(example, {"$text": "note", "$id": "7"})

    assert found.request == {"a": ["note"], "n": 1}
    assert found.path == {"id": "7"}
    assert (found.files["f"].name, found.files["f"].content) == ("note.txt", b"note")
