"""index-name-not-read, collections-apart."""

import pytest

from harness.lint.rules.index_names import DATAPREPS, RETRIEVERS


def stack(retriever, dataprep, backend="PGVECTOR"):
    """Return a retriever (settings in lines 5, 6) and a dataprep (lines 10, 11) on one vector store."""
    return {
        "c.yaml": f"""\
        services:
          retriever:
            image: opea/retriever
            environment:
              RETRIEVER_COMPONENT_NAME: OPEA_RETRIEVER_{backend}
              {retriever}
          dataprep:
            image: opea/dataprep
            environment:
              DATAPREP_COMPONENT_NAME: OPEA_DATAPREP_{backend}
              {dataprep}
        """
    }


def test_pgvectors_retriever_does_not_read_index_name(linted):
    """It reads PG_INDEX_NAME: what compose files upstream give is not used."""
    files = stack("INDEX_NAME: docs", "INDEX_NAME: docs")

    assert linted("index-name-not-read", files) == [
        "c.yaml:6 retriever is given INDEX_NAME, but its PGVECTOR component reads PG_INDEX_NAME and searches rag_pgvector"
    ]
    assert linted("collections-apart", files) == [
        "c.yaml:2 dataprep writes to the collection docs (INDEX_NAME), retriever searches rag_pgvector (PG_INDEX_NAME)"
    ]


def test_both_given_the_same_meet(linted):
    """Each by the variable that it reads."""
    files = stack("PG_INDEX_NAME: docs", "INDEX_NAME: docs")

    assert linted("index-name-not-read", files) == []
    assert linted("collections-apart", files) == []


def test_defaults_may_lie_apart(linted):
    """Nothing is given, and a hyphen stands where an underscore does."""
    assert linted("collections-apart", stack("A: b", "A: b", "QDRANT")) == [
        (
            "c.yaml:2 dataprep writes to the collection rag-qdrant (COLLECTION_NAME), retriever searches rag_qdrant "
            "(QDRANT_INDEX_NAME)"
        )
    ]


def test_names_that_only_the_shell_knows_are_not_compared(linted):
    """And neither are those of two stores."""
    unknown = stack("PG_INDEX_NAME: ${INDEX_NAME}", "INDEX_NAME: ${INDEX_NAME}")
    other = {"c.yaml": stack("A: b", "A: b")["c.yaml"].replace("DATAPREP_PGVECTOR", "DATAPREP_QDRANT")}

    assert linted("collections-apart", unknown) == []
    assert linted("collections-apart", other) == []


@pytest.mark.parametrize("backend", sorted(RETRIEVERS))
def test_every_store_can_be_set_right(linted, backend):
    """Both sides are known, and one name for both is silent."""
    files = stack(f"{RETRIEVERS[backend].variable}: docs", f"{DATAPREPS[backend].variable}: docs", backend)

    assert linted("index-name-not-read", files) == []
    assert linted("collections-apart", files) == []
