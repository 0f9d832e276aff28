"""Pathway's vector store: what was ingested is searched by words, in the store that all mocks share."""

from typing import Any

from pydantic import BaseModel, Field

from harness.comp import Comp, Endpoint, Example, Law, Variant, World
from mocks._store import Index, index_name, store_of
from mocks._text import embed
from mocks.third_parties._server import page

SOURCE = (
    "comps/third_parties/pathway/src/vectorstore_pathway.py; pathwaycom/pathway, xpacks/llm/vector_store.py"
)


class Search(BaseModel):
    """A question, and how many texts may answer it."""

    query: str
    k: int = Field(ge=1)
    metadata_filter: str | None = None
    filepath_globpattern: str | None = None


class Found(BaseModel):
    """A text, where it is from, and how far it is from the question (0 is the same)."""

    text: str
    metadata: dict[str, Any]
    dist: float


class Counts(BaseModel):
    """How many files are indexed; seconds since 1970, which a mock does not tell."""

    file_count: int
    last_modified: int | None
    last_indexed: int | None


def retrieve(request: Search, world: World) -> list[Found]:
    """The nearest texts, nearest first; filters are passed over."""
    index = _index(world)
    hits = index.search(embed(request.query, index.dimension), request.k)
    return [
        Found(text=hit.chunk.text, metadata={"path": hit.chunk.file}, dist=max(0.0, 1 - hit.score))
        for hit in hits
    ]


def statistics(request: None, world: World) -> Counts:
    """What is indexed, in numbers."""
    return Counts(file_count=len(_index(world).files()), last_modified=None, last_indexed=None)


def inputs(request: None, world: World) -> list[dict[str, Any]]:
    """What is indexed, file by file."""
    return [{"path": file} for file in _index(world).files()]


def schema(request: None, world: World) -> dict[str, Any]:
    """The routes, in brief."""
    routes = ("/v1/retrieve", "/v1/statistics", "/v1/inputs")
    return {"openapi": "3.0.3", "paths": {route: {"post": {}} for route in routes}}


def _index(world: World) -> Index:
    return store_of(world).index(index_name(world))


def _nearest_first(request: Any, reply: Any) -> str | None:
    away = [each["dist"] for each in reply]
    if len(away) > request["k"]:
        return f"the reply holds {len(away)} texts, k is {request['k']}"
    return None if away == sorted(away) else f"dist: is {away}, not nearest first"


def _listed(path: str, answer: Any, reply: Any) -> Endpoint:
    examples = (Example("asked"), Example("again"))
    variant = Variant("page", None, reply, examples=examples)
    return Endpoint(path, answer, (variant,), evidence="source-only", source=SOURCE, body="none")


COMP = Comp(
    id="third_parties.pathway",
    title="pathway",
    port=8666,
    service_type="RETRIEVER",
    image="opea/pathway:latest",
    framework=False,
    statistics=False,
    validation_status=400,
    ready="/_schema",
    endpoints=(
        Endpoint(
            "/v1/retrieve",
            retrieve,
            variants=(
                Variant(
                    "question",
                    Search,
                    list[Found],
                    examples=(
                        Example("four", {"query": "What is Pathway?", "k": 4}),
                        Example("one", {"query": "What is Pathway?", "k": 1}),
                        Example("no-k", {"query": "What is Pathway?"}, status=400),
                    ),
                    laws=(Law("nearest-first", "at most k texts come, the nearest first", _nearest_first),),
                ),
            ),
            evidence="source-only",
            source=SOURCE,
        ),
        _listed("/v1/statistics", statistics, Counts),
        _listed("/v1/inputs", inputs, list[dict[str, Any]]),
        page("/_schema", schema, dict[str, Any], {"openapi": "3.0.3"}, SOURCE),
    ),
)
