"""The vector store that the mocks share, in a PostgreSQL with pgvector: in the tables that OPEA's own components use.

Dataprep and retriever of OPEA keep their vectors as LangChain does (`langchain_pg_collection`, `langchain_pg_embedding`), so
that either of ours may stand beside the other of theirs.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import isnan
from time import time_ns
from typing import Any
from uuid import uuid4

import numpy as np
import orjson

from harness.comp import Refusal
from mocks._database import Database
from mocks._embedder import Embedder, own
from mocks._store import UPLOADS, Chunk, Hit
from mocks._text import Vector

# OPEA's settings name SQLAlchemy's driver in the address.
DRIVER = re.compile(r"\Apostgres(?:ql)?(?:\+\w+)?://")
LOCK = 1573678846307946496  # The one that LangChain takes, so that both may begin at once.
THROWAWAY = "opea_harness_"  # A collection whose name begins so is ours, and goes with us.

TABLES = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE IF NOT EXISTS langchain_pg_collection (uuid uuid PRIMARY KEY, name varchar, cmetadata json)",
    """CREATE TABLE IF NOT EXISTS langchain_pg_embedding (
        uuid uuid PRIMARY KEY, collection_id uuid REFERENCES langchain_pg_collection (uuid) ON DELETE CASCADE,
        embedding vector, document varchar, cmetadata json, custom_id varchar)""",
)
ROWS = "FROM langchain_pg_embedding e JOIN langchain_pg_collection c ON e.collection_id = c.uuid WHERE c.name = %s"
FILE = "e.cmetadata->>'doc_name'"
CAME = 'e.custom_id COLLATE "C"'  # The order in which ours came; it decides between equals.
NEAREST = (
    "SELECT e.document, e.cmetadata, e.embedding <=> %s::vector AS distance"
    f" {ROWS} ORDER BY distance, {CAME} LIMIT %s"
)
FIRST = f"SELECT e.document, e.cmetadata {ROWS} ORDER BY {CAME} LIMIT %s"
FILES = f"SELECT {FILE} {ROWS} GROUP BY 1 ORDER BY min({CAME})"
LENGTH = f"SELECT vector_dims(e.embedding) {ROWS} LIMIT 1"
REMOVE = (
    "DELETE FROM langchain_pg_embedding e USING langchain_pg_collection c WHERE e.collection_id = c.uuid"
    " AND c.name = %s AND (%s::text IS NULL OR e.cmetadata->>'doc_name' = %s)"
)
COLLECT = (
    "INSERT INTO langchain_pg_collection (uuid, name) SELECT %s, %s"
    " WHERE NOT EXISTS (SELECT FROM langchain_pg_collection WHERE name = %s)"
)
ADD = (
    "INSERT INTO langchain_pg_embedding (uuid, collection_id, embedding, document, cmetadata, custom_id)"
    " SELECT %s, uuid, %s::vector, %s, %s::json, %s FROM langchain_pg_collection WHERE name = %s"
)
NAMES = "SELECT name FROM langchain_pg_collection ORDER BY name"
DROP = "DELETE FROM langchain_pg_collection WHERE name = %s"


@dataclass(slots=True)
class Collection:
    """An index: one of LangChain's collections. `usual_dimension` is that of its vectors while it holds none."""

    database: Database
    name: str
    usual_dimension: int
    embedder: Embedder = own
    _known_dimension: int = 0

    @property
    def dimension(self) -> int:
        """The length of the vectors; looked up until there are some."""
        if not self._known_dimension:
            rows = self.database.rows(LENGTH, self.name)
            self._known_dimension = rows[0][0] if rows else 0
        return self._known_dimension or self.usual_dimension

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks in, all or none."""
        vectors, came = self.embedder([chunk.text for chunk in chunks], self.dimension), time_ns()
        rows = [
            (
                uuid4(),
                _written(vectors[place]),
                _clean(chunk.text),
                orjson.dumps(_cleaned({"doc_name": UPLOADS + chunk.file, **(chunk.about or {})})).decode(),
                f"{came:020}-{place:06}",
                self.name,
            )
            for place, chunk in enumerate(chunks)
        ]
        with self.database.connection() as connection, connection.transaction():
            connection.execute(COLLECT, (uuid4(), self.name, self.name))
            connection.cursor().executemany(ADD, rows)

    def first(self, count: int) -> list[Chunk]:
        """So many chunks, those that came first."""
        return [_chunk(*row) for row in self.database.rows(FIRST, self.name, count)]

    def files(self) -> list[str]:
        """The names of the files that chunks are from, in the order they came."""
        return [(name or "").removeprefix(UPLOADS) for (name,) in self.database.rows(FILES, self.name)]

    def remove(self, file: str | None) -> bool:
        """Take a file out, or everything; whether there was anything to take."""
        name = None if file is None else UPLOADS + _clean(file)
        self._known_dimension = 0
        return self.database.count(REMOVE, self.name, name, name) > 0

    def search(self, vector: Vector, count: int) -> list[Hit]:
        """The nearest chunks by cosine, best first; raises ValueError for a vector of the wrong length."""
        from psycopg import DataError

        try:
            found = self.database.rows(NEAREST, _written(vector), self.name, count)
        except DataError:
            raise ValueError(
                f"embedding: has {vector.size} numbers; the index holds vectors of {self.dimension}"
            ) from None
        return [
            Hit(_chunk(text, about), 0.0 if isnan(distance) else 1.0 - distance)
            for text, about, distance in found
        ]


@dataclass(slots=True)
class Postgres:
    """Every index by name, in one database."""

    database: Database
    dimension: int
    embedder: Embedder = own
    _collections: dict[str, Collection] = field(default_factory=dict)

    @classmethod
    def at(cls, dsn: str, dimension: int, embedder: Embedder = own) -> "Postgres":
        """The store in that database, with the tables that it needs; raises Refusal where it cannot be had."""
        database = Database(DRIVER.sub("postgresql://", dsn))
        with database.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            for command in TABLES:
                connection.execute(command)
        return cls(database, dimension, embedder)

    @property
    def indices(self) -> Mapping[str, Collection]:
        """Those that the database has."""
        return {name: self.index(name) for (name,) in self.database.rows(NAMES)}

    def index(self, name: str, dimension: int | None = None) -> Collection:
        """The index of that name; an empty one takes the dimension that is asked for."""
        new = Collection(self.database, name, self.dimension, self.embedder)
        found = self._collections.setdefault(name, new)
        if dimension:
            found.usual_dimension = dimension
        return found

    def close(self) -> None:
        """Throw away what was ours alone, and let go of the database."""
        for name in self._collections:
            if name.startswith(THROWAWAY):
                with suppress(Refusal):
                    self.database.count(DROP, name)
        self.database.close()


def _written(vector: Vector) -> str:
    return orjson.dumps(np.ascontiguousarray(vector), option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _clean(text: str) -> str:
    """The text as PostgreSQL can hold it: without the character 0 and halves of pairs."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _cleaned(about: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) if isinstance(value, str) else value for name, value in about.items()}


def _chunk(text: str | None, about: Mapping[str, Any] | None) -> Chunk:
    told = dict(about or {})
    file = str(told.pop("doc_name", "")).removeprefix(UPLOADS)
    return Chunk(file, text or "", told or None)
