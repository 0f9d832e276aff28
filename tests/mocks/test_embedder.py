"""Who embeds what dataprep ingests."""

import asyncio

import numpy as np
import pytest

from harness.comp import Refusal, World
from harness.mocking.serving import serving
from harness.mocking.spec import Spec, mocks
from mocks._embedder import AT_ONCE, EMBEDDER, embedder_of, own
from mocks._store import Chunk, store_of
from mocks._text import embed

TEXTS = [f"Text {number}." for number in range(AT_ONCE + 3)]
CLIP = {"EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING"}


def beside(work):
    """What comes of work that is given the address of an embedding service whose vectors have 512 numbers."""

    async def go():
        async with serving(mocks([Spec("embeddings")], World(0, CLIP)), [0]) as urls:
            return await asyncio.to_thread(work, f"{urls['embeddings']}/v1/embeddings")

    return asyncio.run(go())


def test_the_mocks_embed_where_nobody_else_is_named():
    """As long as it is asked for."""
    assert embedder_of(World()) is own
    assert [vector.shape for vector in own(TEXTS, 64)] == [(64,)] * len(TEXTS)


def test_a_service_that_is_named_embeds():
    """In its own length, and in the order of the texts."""
    vectors = beside(lambda url: embedder_of(World(0, {EMBEDDER: url}))(TEXTS, 768))

    assert all(np.allclose(vector, embed(text, 512)) for vector, text in zip(vectors, TEXTS, strict=True))


def test_what_is_found_is_what_the_service_finds_near():
    """The index has the length of its vectors, whatever the setting says."""

    def work(url):
        index = store_of(World(0, {EMBEDDER: url})).index("any")
        index.add([Chunk("a.txt", text) for text in TEXTS])
        index.remove("b.txt")
        return index.search(embed("Text 7.", 512), 1)[0].chunk.text, index.dimension

    assert beside(work) == ("Text 7.", 512)


def test_a_service_that_does_not_embed_is_told():
    """With its address: a store filled with other vectors would find nothing right."""
    with pytest.raises(Refusal, match=r"502: http://127\.0\.0\.1:9/v1/embeddings: does not embed: "):
        embedder_of(World(0, {EMBEDDER: "http://127.0.0.1:9/v1/embeddings"}))(TEXTS, 768)
