"""A retriever and a dataprep whose collections never meet."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.lint.compose import Service
from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources


@dataclass(frozen=True, slots=True)
class Index:
    """The variable that a component takes its collection's name from, and the name without it."""

    variable: str
    default: str


# By backend; GenAIComps 8130a3f comps/retrievers/src/integrations/config.py and comps/dataprep/src/integrations/*.py.
RETRIEVERS = {
    "ELASTICSEARCH": Index("ES_INDEX_NAME", "rag_elasticsearch"),
    "REDIS": Index("INDEX_NAME", "rag_redis"),
    "MILVUS": Index("COLLECTION_NAME", "rag_milvus"),
    "OPENSEARCH": Index("OPENSEARCH_INDEX_NAME", "rag_opensearch"),
    "PINECONE": Index("PINECONE_INDEX_NAME", "rag_pinecone"),
    "PGVECTOR": Index("PG_INDEX_NAME", "rag_pgvector"),
    "OPENGAUSS": Index("GS_INDEX_NAME", "idx-langchain_docs_embedding"),
    "QDRANT": Index("QDRANT_INDEX_NAME", "rag_qdrant"),
    "MARIADBVECTOR": Index("MARIADB_COLLECTION_NAME", "rag_mariadbvector"),
}
DATAPREPS = {
    "ELASTICSEARCH": Index("INDEX_NAME", "rag-elastic"),
    "REDIS": Index("INDEX_NAME", "rag_redis"),
    "MILVUS": Index("COLLECTION_NAME", "rag_milvus"),
    "OPENSEARCH": Index("INDEX_NAME", "rag-opensearch"),
    "PINECONE": Index("PINECONE_INDEX_NAME", "langchain-test"),
    "PGVECTOR": Index("INDEX_NAME", "rag-pgvector"),
    "OPENGAUSS": Index("INDEX_NAME", "idx-langchain_docs_embedding"),
    "QDRANT": Index("COLLECTION_NAME", "rag-qdrant"),
    "MARIADBVECTOR": Index("MARIADB_COLLECTION_NAME", "rag_mariadbvector"),
}
_NAMES = {index.variable for index in (*RETRIEVERS.values(), *DATAPREPS.values())}


def _backend(service: Service, image: str, variable: str) -> str | None:
    """The vector store that this retriever or dataprep uses; None where it is neither, or cannot be known."""
    if service.image != image or service.value("MULTIMODAL_DATAPREP") == "true":
        return None
    component = service.value(variable) if variable in service.environment else f"{_PREFIX[image]}REDIS"
    return component.removeprefix(_PREFIX[image]) if component else None


_PREFIX = {"opea/retriever": "OPEA_RETRIEVER_", "opea/dataprep": "OPEA_DATAPREP_"}


def _indexed(sources: Sources) -> Iterator[tuple[Service, str, Index]]:
    for service in sources.compose.services.values() if sources.compose else ():
        for image, variable, table in (
            ("opea/retriever", "RETRIEVER_COMPONENT_NAME", RETRIEVERS),
            ("opea/dataprep", "DATAPREP_COMPONENT_NAME", DATAPREPS),
        ):
            backend = _backend(service, image, variable)
            if backend in table:
                yield service, backend, table[backend]


def _not_read(sources: Sources) -> Iterator[Found]:
    for service, backend, index in _indexed(sources):
        others = sorted(_NAMES & service.environment.keys() - {index.variable})
        if others and not service.gives(index.variable):
            yield Found(
                service.place(others[0]),
                f"{service.name} is given {others[0]}, but its {backend} component reads {index.variable} "
                f"and searches {index.default}",
                f"Give it {index.variable}",
            )


def _apart(sources: Sources) -> Iterator[Found]:
    found = list(_indexed(sources))
    for service, backend, index in found:
        if service.image != "opea/retriever":
            continue
        for other, same, written in found:
            if other.image == "opea/dataprep" and same == backend:
                yield from _compared((service, index), (other, written))


def _compared(retriever: tuple[Service, Index], dataprep: tuple[Service, Index]) -> Iterator[Found]:
    names = [_name(*retriever), _name(*dataprep)]
    if None in names or names[0] == names[1]:
        return
    reader, writer = retriever[0], dataprep[0]
    yield Found(
        reader.place(retriever[1].variable),
        f"{writer.name} writes to the collection {names[1]} ({dataprep[1].variable}), {reader.name} searches "
        f"{names[0]} ({retriever[1].variable})",
        f"Give both the same name: {dataprep[1].variable} there, {retriever[1].variable} here",
    )


def _name(service: Service, index: Index) -> str | None:
    """The collection's name; None where it cannot be known, or is a variable that only the shell may set."""
    written = service.environment.get(index.variable)
    if written is None:
        return None if service.gives(index.variable) else index.default
    return service.value(index.variable) or None


RULES = (
    Rule(
        "index-name-not-read",
        "The retriever or dataprep uses its default collection, not the one that is named: documents seem to be lost.",
        "Give the variable that the component reads",
        _not_read,
    ),
    Rule(
        "collections-apart",
        "What is ingested is never found, and the retriever answers 200 with no documents.",
        "Give both the same collection",
        _apart,
    ),
)
