"""The document stores that chats, feedback and prompts are kept in: one interface, and each store's own ids and habits.

The ids, and what the stores do about an id that they do not know, are those of comps/cores/storages (GenAIComps 8130a3f).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict

from harness.comp import Deviation, Example, Refusal, World

StoreName = Literal["mongodb", "arangodb", "redis"]
Document = dict[str, Any]

STORES: tuple[StoreName, ...] = ("mongodb", "arangodb", "redis")
ID_FORMS = {
    "mongodb": re.compile(r"[0-9a-f]{24}"),
    "arangodb": re.compile(r"default/\d+"),
    "redis": re.compile(r"doc:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
# Well formed, and of no document.
UNKNOWN_IDS = {
    "mongodb": "0" * 24,
    "arangodb": "default/0",
    "redis": f"doc:{UUID(int=0)}",
}


class KeptChat(BaseModel):
    """A chat as it is kept: all fields of a chat completion request, nulls too, of which two are told here."""

    model_config = ConfigDict(extra="allow")

    messages: Any
    user: str


@dataclass(slots=True)
class Documents:
    """The documents of one comp by id, in the order they came."""

    kind: StoreName
    kept: dict[str, Document] = field(default_factory=dict)
    _made: int = 0

    def add(self, document: Document, world: World) -> str:
        """Keep a document under a fresh id."""
        self._made += 1
        name = self._fresh(world)
        self.kept[name] = document
        return name

    def replace(self, name: str, document: Document) -> bool:
        """Keep another document under an id; redis makes one it does not know, mongodb says that it changed nothing."""
        if self._known(name) or self.kind == "redis":
            changed = self.kept.get(name) != document
            self.kept[name] = document
            return changed or self.kind != "mongodb"
        return self._missing(name)

    def get(self, name: str) -> Document:
        """The document of an id."""
        if not self._known(name):
            raise Refusal(404, f"id: no document is called {name!r}")
        return self.kept[name]

    def remove(self, name: str) -> bool:
        """Take a document out; whether there was one."""
        return self.kept.pop(name, None) is not None if self._known(name) else self._missing(name)

    def where(self, holds: Callable[[Document], bool]) -> Iterator[tuple[str, Document]]:
        """Ids and documents of which something holds."""
        return ((name, each) for name, each in self.kept.items() if holds(each))

    def _fresh(self, world: World) -> str:
        if self.kind == "arangodb":
            return f"default/{self._made}"
        bits = world.random("document", self._made).getrandbits(128)
        return (
            f"{bits & (1 << 72) - 1:018x}{self._made:06x}"
            if self.kind == "mongodb"
            else f"doc:{UUID(int=bits, version=4)}"
        )

    def _known(self, name: str) -> bool:
        """Whether there is such a document; mongodb refuses what is no id of its own."""
        if self.kind == "mongodb" and not ID_FORMS["mongodb"].fullmatch(name.lower()):
            raise Refusal(400, f"id: {name!r} is no id of mongodb, which has 24 hexadecimal digits")
        return name in self.kept

    def _missing(self, name: str) -> bool:
        """What a store says of an id that it does not know: arangodb refuses, the others say that nothing was done."""
        if self.kind == "arangodb":
            raise Refusal(404, f"id: no document is called {name!r}")
        return False


def documents_of(world: World, comp: str, kind: StoreName) -> Documents:
    """The documents that a comp of a world keeps in a store of that kind."""
    return world.store(f"{comp}.{kind}", lambda: Documents(kind))


def wrong_id(kind: StoreName, name: object) -> str | None:
    """What is wrong with an id as one of that store's, or None."""
    if isinstance(name, str) and ID_FORMS[kind].fullmatch(name):
        return None
    return f"id: {name!r} is no id of {kind}"


def _always(_body: Any) -> bool:
    return True


def failing(
    name: str, says: str, detail: str, instead_of: int, applies: Callable[[Any], bool] = _always
) -> Deviation:
    """A refusal that the real comp turns into an internal error with these words."""
    body = orjson.dumps({"detail": detail})
    return Deviation(name, says, applies, 500, body, "application/json", instead_of)


def removing_unknown(kind: StoreName, request: Document) -> Example:
    """The example of an id that the store does not know: arangodb refuses it, the others say that nothing was done."""
    if kind == "arangodb":
        return Example("unknown", request, status=404)
    return Example("unknown", request, reply=False)


BAD_ID = failing("bad-id", "what is no id of mongodb is an internal error", "id is not a valid ObjectId", 400)
NOT_FOUND = failing(
    "unknown-id", "an unknown id is an internal error", "argument of type 'NoneType' is not iterable", 404
)
NOT_FOUND_BY_ARANGODB = failing(
    "unknown-id", "an unknown id is an internal error of arangodb", "document not found", 404
)
