"""The vector store that the mocks share: dataprep fills it, the retriever really searches it. Cosine over a matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.comp import World
from mocks._text import DIMENSION, Vector, embed

INDEX = "rag_redis"  # The default of INDEX_NAME in OPEA's redis components.


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file; `about` is what a retriever tells of it, where that is more than its file."""

    file: str
    text: str
    about: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found, and its cosine to what was searched."""

    chunk: Chunk
    score: float


@dataclass(slots=True)
class Index:
    """Chunks in the order they came, and their vectors (n, dimension)."""

    dimension: int
    chunks: list[Chunk] = field(default_factory=list)
    _matrix: NDArray[np.float32] | None = None

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks in; their vectors are made now, not when somebody waits for a search."""
        self.chunks += chunks
        for chunk in chunks:
            embed(chunk.text, self.dimension)
        self._matrix = None

    def files(self) -> list[str]:
        """The names of the files that chunks are from, in the order they came."""
        return list(dict.fromkeys(chunk.file for chunk in self.chunks))

    def remove(self, file: str | None) -> bool:
        """Take a file out, or everything; whether there was anything to take."""
        kept = [chunk for chunk in self.chunks if file is not None and chunk.file != file]
        found = len(kept) < len(self.chunks)
        self.chunks, self._matrix = kept, None
        return found

    def search(self, vector: Vector, count: int) -> list[Hit]:
        """The nearest chunks, best first; equal ones in the order they came. Raises ValueError for a wrong length."""
        if not self.chunks:
            return []
        if vector.shape != (self.dimension,):
            raise ValueError(
                f"embedding: has {vector.size} numbers; the index holds vectors of {self.dimension}"
            )
        if self._matrix is None:
            self._matrix = np.stack([embed(chunk.text, self.dimension) for chunk in self.chunks])
        length = float(np.linalg.norm(vector)) or 1.0
        scores = self._matrix @ (vector / np.float32(length))
        best = np.argsort(-scores, kind="stable")[:count]
        return [Hit(self.chunks[place], float(scores[place])) for place in best]


@dataclass(slots=True)
class Store:
    """Every index by name."""

    dimension: int
    indices: dict[str, Index] = field(default_factory=dict)

    def index(self, name: str, dimension: int | None = None) -> Index:
        """The index of that name, made when first asked for; an empty one takes the dimension that is asked for."""
        found = self.indices.get(name)
        if found is None or (dimension and not found.chunks):
            found = self.indices[name] = Index(dimension or self.dimension)
        return found


def store_of(world: World) -> Store:
    """The store of a world; the setting `EMBEDDING_DIMENSION` gives its vectors' length."""
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    found = world.store("vectors", lambda: Store(dimension))
    assert isinstance(found, Store)
    return found


def index_name(world: World, wanted: str | None = None) -> str:
    """The index that a request means: its own, that of the setting `INDEX_NAME`, or OPEA's default."""
    return wanted or world.settings.get("INDEX_NAME", INDEX)
