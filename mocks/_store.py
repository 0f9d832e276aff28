"""The vector store that the mocks share: dataprep fills it, the retriever really searches it.

It is a matrix in memory, or the PostgreSQL that the setting `OPEA_MOCK_POSTGRES` names; both find the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.comp import World
from mocks._embedder import Embedder, embedder_of, own
from mocks._text import DIMENSION, Vector

INDEX = "rag_redis"  # The default of INDEX_NAME in OPEA's redis components.
PG_INDEX = "rag_pgvector"  # The default of PG_INDEX_NAME in its pgvector retriever.
POSTGRES = "OPEA_MOCK_POSTGRES"  # Not the real comps' own PG_CONNECTION_STRING: a mock in their place needs no database.
UPLOADS = "./uploaded_files/"  # Where OPEA's dataprep keeps uploads, and how a retriever names them.


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


class Index(Protocol):
    """Chunks in the order they came, which can be searched."""

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        ...

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks in."""
        ...

    def first(self, count: int) -> list[Chunk]:
        """So many chunks, those that came first."""
        ...

    def files(self) -> list[str]:
        """The names of the files that chunks are from, in the order they came."""
        ...

    def remove(self, file: str | None) -> bool:
        """Take a file out, or everything; whether there was anything to take."""
        ...

    def search(self, vector: Vector, count: int) -> list[Hit]:
        """The nearest chunks by cosine, best first; equal ones in the order they came.

        Raises ValueError for a vector of the wrong length, where there is anything to compare it with.
        """
        ...


class Store(Protocol):
    """Every index by name."""

    @property
    def indices(self) -> Mapping[str, Index]:
        """Those that have been asked for, or hold anything."""
        ...

    def index(self, name: str, dimension: int | None = None) -> Index:
        """The index of that name, made when first asked for; an empty one takes the dimension that is asked for."""
        ...


@dataclass(slots=True)
class Matrix:
    """An index in memory: chunks, and their vectors (n, dimension)."""

    dimension: int
    chunks: list[Chunk] = field(default_factory=list)
    embedder: Embedder = own
    _rows: list[Vector] = field(default_factory=list)
    _matrix: NDArray[np.float32] | None = None

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks in; their vectors are made now, not when somebody waits for a search."""
        rows = self.embedder([chunk.text for chunk in chunks], self.dimension)
        self.chunks += chunks
        self._rows += rows
        self._matrix = None
        if rows:
            self.dimension = len(rows[0])

    def first(self, count: int) -> list[Chunk]:
        """So many chunks, those that came first."""
        return self.chunks[:count]

    def files(self) -> list[str]:
        """The names of the files that chunks are from, in the order they came."""
        return list(dict.fromkeys(chunk.file for chunk in self.chunks))

    def remove(self, file: str | None) -> bool:
        """Take a file out, or everything; whether there was anything to take."""
        kept = [at for at, chunk in enumerate(self.chunks) if file is not None and chunk.file != file]
        found = len(kept) < len(self.chunks)
        self.chunks, self._rows = [self.chunks[at] for at in kept], [self._rows[at] for at in kept]
        self._matrix = None
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
            self._matrix = np.stack(self._rows)
        length = float(np.linalg.norm(vector)) or 1.0
        scores = self._matrix @ (vector / np.float32(length))
        best = np.argsort(-scores, kind="stable")[:count]
        return [Hit(self.chunks[place], float(scores[place])) for place in best]


@dataclass(slots=True)
class Memory:
    """Every index by name, in memory."""

    dimension: int
    embedder: Embedder = own
    indices: dict[str, Matrix] = field(default_factory=dict)

    def index(self, name: str, dimension: int | None = None) -> Matrix:
        """The index of that name, made when first asked for; an empty one takes the dimension that is asked for."""
        found = self.indices.get(name)
        if found is None or (dimension and not found.chunks):
            found = self.indices[name] = Matrix(dimension or self.dimension, embedder=self.embedder)
        return found


def store_of(world: World) -> Store:
    """The store of a world; the setting `EMBEDDING_DIMENSION` gives its vectors' length."""
    return world.store("vectors", lambda: _made(world))


def _made(world: World) -> Store:
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    if dsn := world.settings.get(POSTGRES):
        from mocks._postgres import Postgres

        return Postgres.at(dsn, dimension, embedder_of(world))
    return Memory(dimension, embedder_of(world))


def index_name(world: World, wanted: str | None = None) -> str:
    """The index that a request means: its own, that of the setting `INDEX_NAME`, or OPEA's default."""
    return wanted or world.settings.get("INDEX_NAME", PG_INDEX if POSTGRES in world.settings else INDEX)
