"""A store that remembers, and stores that do not."""

from itertools import count

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Example, Lifecycle, Refusal, Variant


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


class Mixing(Store):
    """Shows everything to everybody."""

    def read(self, note):
        """All of it, where there is anything of that id."""
        super().read(note)
        return {"text": " ".join(self.notes.values())}


class Hasty(Store):
    """Says that it is gone before it is."""

    def read(self, note):
        """With the word for what is gone."""
        return {**super().read(note), "state": "cancelled"}


class Cancelling(Store):
    """Keeps what was removed, and says that it is."""

    def __init__(self):
        super().__init__()
        self.cancelled = set()

    def read(self, note):
        """With its state."""
        return {**super().read(note), "state": "cancelled" if note.id in self.cancelled else "running"}

    def remove(self, note):
        """By a word only."""
        self.cancelled.add(note.id)
        return {}


def comp(store, **more):
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
        None if more.pop("keeps", False) else ("POST /v1/remove", Example("removed", {"id": "$id"})),
        **{"pick": "id", "alone": True, **more},
    )
    return Comp("notes", "opea_service@notes", 6000, endpoints, lifecycles=(kept,))
