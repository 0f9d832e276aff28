"""Of each law of what finds and ranks documents: requests, replies, and what it says of them."""


def docs(*texts, **more):
    """What a retriever found."""
    return {"retrieved_docs": [{"id": f"id-{at}", "text": text} for at, text in enumerate(texts)], **more}


DOCS, ASKED = "searched-multimodal-doc", {"retrieved_docs": [{"text": "a"}, "b", {"text": "a"}]}
FOUND = {
    "metadata": [
        {"video": video, "timestamp": at} for at, video in enumerate(("a", "b", "b_interval_2.mp4"), start=1)
    ]
}  # Of b twice.
ROWS = {
    ("rerankings", DOCS, "top-n-kept"): [
        (ASKED, {"documents": ["a"]}, None),
        ({**ASKED, "top_n": 2}, {"documents": ["a", "b"]}, None),
        ({**ASKED, "top_n": 4}, {"documents": ["a", "b", "a"]}, None),
        (ASKED, {"documents": []}, "documents: are 0, 1 were to be kept"),
        (ASKED, {"documents": ["a", "b"]}, "documents: are 2, 1 were to be kept"),
    ],
    ("rerankings", DOCS, "none-invented"): [
        (ASKED, {"documents": ["a", "b", "a"]}, None),
        (ASKED, {"documents": [{"text": "a"}, "b"]}, None),
        (ASKED, {"documents": ["b", "a", "b"]}, "documents: repeats a document"),
        (
            ASKED,
            {"documents": ["a", "x" * 70]},
            f"documents: holds {'x' * 60!r}, which was not among the documents given",
        ),
    ],
    ("rerankings", "searched-multimodal-doc", "query-kept"): [
        ({"initial_query": "b"}, {"query": "b"}, None),
        ({"initial_query": "b"}, {"query": "a"}, "query: is 'a', asked was 'b'"),
        ({"initial_query": "b"}, {"query": "c"}, "query: is 'c', asked was 'b'"),
    ],
    ("rerankings", "reranking-request", "scores-fall"): [
        ({}, {"reranked_docs": [{"score": 2}, {"score": 1}]}, None),
        (
            {},
            {"reranked_docs": [{"score": 1}, {"score": 2}]},
            "reranked_docs[1]: score 2 is above 1 before it",
        ),
    ],
    ("retrievers", "embed-doc", "at-most-k"): [
        ({"k": 2}, docs("a", "b"), None),
        ({"k": 2}, docs("a"), None),
        ({"k": 2}, docs("a", "b", "c"), "retrieved_docs: are 3, more than k=2"),
        ({}, docs(*"abcd"), None),
        ({}, docs(*"abcde"), "retrieved_docs: are 5, more than k=4"),
    ],
    ("retrievers", "embed-doc", "query-kept"): [
        ({"text": "b"}, docs(initial_query="b"), None),
        ({"text": "b"}, docs(initial_query="a"), "initial_query: is 'a', asked was 'b'"),
        ({"text": "b"}, docs(initial_query="c"), "initial_query: is 'c', asked was 'b'"),
    ],
    ("retrievers", "embed-doc", "metadata-fits"): [
        ({}, docs("a", "b", metadata=[1, 2]), None),
        ({}, docs("a", "b", metadata=[1]), None),
        ({}, docs("a", metadata=[1, 2]), "metadata: has 2 entries for 1 documents"),
    ],
    ("retrievers", "embed-doc", "texts-there"): [
        ({}, docs("a", "b"), None),
        ({}, docs("", "a", None), "retrieved_docs[0, 2]: have no text"),
    ],
    ("retrievers", "embed-doc", "ids-differ"): [
        ({}, docs("a", "b"), None),
        ({}, {"retrieved_docs": [{"id": 1}, {"id": 1}]}, "retrieved_docs: ids [1, 1] are not all different"),
    ],
    ("retrievers", "chat", "documents-too"): [
        ({}, docs("b", documents=["b"]), None),
        ({}, docs("b", documents=["a"]), "documents: are not the texts of retrieved_docs"),
        ({}, docs("b", documents=["c"]), "documents: are not the texts of retrieved_docs"),
    ],
    ("third_parties.pathway", "question", "nearest-first"): [
        ({"k": 2}, [{"dist": 1}, {"dist": 2}], None),
        ({"k": 2}, [{"dist": 1}], None),
        ({"k": 1}, [{"dist": 1}, {"dist": 2}], "the reply holds 2 texts, k is 1"),
        ({"k": 3}, [{"dist": 1}, {"dist": 3}, {"dist": 2}], "dist: is [1, 3, 2], not nearest first"),
    ],
    ("web_retrievers", "vector", "at-most-k"): [
        ({"k": 2}, docs("a", "b"), None),
        ({"k": 2}, docs("a"), None),
        ({"k": 2}, docs("a", "b", "c"), "retrieved_docs: are 3, more than k=2"),
        ({}, docs(*"abcd"), None),
        ({}, docs(*"abcde"), "retrieved_docs: are 5, more than k=4"),
    ],
    ("web_retrievers", "vector", "query-kept"): [
        ({"text": "b"}, docs(initial_query="b"), None),
        ({"text": "b"}, docs(initial_query="a"), "initial_query: is 'a', asked was 'b'"),
        ({"text": "b"}, docs(initial_query="c"), "initial_query: is 'c', asked was 'b'"),
    ],
    ("web_retrievers", "vector", "titled"): [
        ({}, docs("a title: b"), None),
        ({}, docs("a title: b", "a", None), "retrieved_docs[1]: does not tell its title"),
    ],
    ("rerankings.video", DOCS, "asked"): [
        ({"initial_query": "b"}, {"prompt": "b"}, None),
        ({"initial_query": "b"}, {"prompt": "a"}, "prompt: is 'a', asked was 'b'"),
        ({"initial_query": "b"}, {"prompt": "c"}, "prompt: is 'c', asked was 'b'"),
    ],
    ("rerankings.video", DOCS, "of-the-finds"): [
        (FOUND, {"video_url": "http://x/b.mp4", "chunk_start": 2}, None),
        (FOUND, {"video_url": "b.mp4", "chunk_start": 3}, None),
        (
            FOUND,
            {"video_url": "http://x/b.mp4", "chunk_start": 1},
            "chunk_start: is 1, found was [2, 3]",
        ),
        *[
            (
                FOUND,
                {"video_url": f"http://x/{name}.mp4", "chunk_start": 2},
                f"video_url: is 'http://x/{name}.mp4', which none of the finds is of",
            )
            for name in ("A", "aa", "c")
        ],
    ],
}
