"""The embedding mocks keep OPEA's contract, and each of its laws notices a break."""

import json
import math

import pytest

from mocks._vision import YELLOW
from mocks.embeddings import COMPS, VECTOR_LAWS
from tests.mocks.contract import ask, broken, examples
from tests.mocks.drift import RECORDED

TEXT, MULTIMODAL = COMPS
LAWS = {law.id: law for law in VECTOR_LAWS}


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(*COMPS))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_a_validation_error_has_the_words_of_the_real_comp():
    """Not only the shape: type, place and message are FastAPI's."""
    real = json.loads((RECORDED / "embedding__missing_input.json").read_text())

    assert ask(TEXT, "POST", "/v1/embeddings", {"text": "x"}).json() == real["response"]["body"]


@pytest.mark.parametrize(
    ("given", "vectors"), [("x", 1), (["x", "y"], 2), ([1, 2, 3], 1), ([[1, 2], [3]], 2), ([], 0)]
)
def test_every_kind_of_input_is_answered(given, vectors):
    """Texts, lists of texts, token ids and lists of them."""
    answer = ask(TEXT, "POST", "/v1/embeddings", {"input": given})

    assert (answer.status_code, len(answer.json()["data"])) == (200, vectors)


@pytest.mark.parametrize(("asked", "length"), [(100, 100), (None, 512), (5000, 512), (0, 512)])
def test_over_clip_vectors_have_512_numbers_and_dimensions_count(asked, length):
    """The component behind the service decides the length."""
    clip = {"EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING"}
    answer = ask(TEXT, "POST", "/v1/embeddings", {"input": "x", "dimensions": asked}, clip)

    assert len(answer.json()["data"][0]["embedding"]) == length


def test_over_tei_dimensions_are_passed_over():
    """The default component always gives its model's own length."""
    answer = ask(TEXT, "POST", "/v1/embeddings", {"input": "x", "dimensions": 100})

    assert len(answer.json()["data"][0]["embedding"]) == 768


def test_like_upstream_token_ids_are_an_internal_error():
    """The known deviation is answered only when it is asked for."""
    promised = ask(TEXT, "POST", "/v1/embeddings", {"input": [1, 2]})
    known = ask(TEXT, "POST", "/v1/embeddings", {"input": [1, 2]}, like_upstream=True)

    assert (promised.status_code, known.status_code, known.text) == (200, 500, "Internal Server Error")


def _reply(*vectors):
    return {"data": [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]}


@pytest.mark.parametrize(
    ("request_", "vector"),
    [({"input": "a"}, [2.0] * 512), ({"input": "a", "dimensions": 2}, [2.0, 0.0])],
)
def test_vectors_of_clip_need_not_have_length_1(request_, vector):
    """Whole or cut, they come as the model gives them."""

    assert LAWS["unit-vectors"].broken(request_, _reply(vector)) is None


@pytest.mark.parametrize(
    ("law", "request_", "reply", "why"),
    [
        ("one-vector-a-text", {"input": ["a", "b"]}, _reply([1.0]), "data: holds 1 vectors for 2 texts"),
        ("unit-vectors", {"input": "a"}, _reply([2.0, 0.0]), "data[0].embedding: has length 2, not 1"),
        (
            "unit-vectors",
            {"input": "a"},
            _reply([math.nan]),
            "data[0].embedding[0]: is nan, no finite number",
        ),
        ("unit-vectors", {"input": "a"}, _reply(["1"]), "data[0].embedding[0]: is '1', no finite number"),
        ("unit-vectors", {"input": "a"}, _reply([]), "data[0].embedding: is '[]', no list of numbers"),
        (
            "one-length",
            {"input": ["a", "b"]},
            _reply([1.0], [1.0, 0.0]),
            "data: vectors have lengths [1, 2], not one",
        ),
        (
            "same-text-same-vector",
            {"input": ["a", "a"]},
            _reply([1.0, 0.0], [0.0, 1.0]),
            "data[1]: the text 'a' has another vector than before",
        ),
    ],
)
def test_a_broken_law_says_what_is_wrong(law, request_, reply, why):
    """Each law has been seen to fail, and its words are read."""

    assert LAWS[law].broken(request_, reply) == why


def test_swapped_indices_break_the_order():
    """Vectors given in another order than the texts are noticed by their indices."""
    reply = _reply([1.0], [1.0])
    reply["data"].reverse()

    assert LAWS["in-order"].broken({"input": ["a", "b"]}, reply) == (
        "data: indices are [1, 0], not 0, 1, 2 in order"
    )


def test_laws_hold_for_what_is_right():
    """A reply that keeps them is not complained about."""

    assert [law.broken({"input": "a"}, _reply([0.6, 0.8])) for law in VECTOR_LAWS] == [None] * 6


def test_like_upstream_a_text_that_is_too_long_fails_over_clip_alone():
    """CLIP reads 75 words at most, and TEI cuts what is longer."""
    over_clip = {"EMBEDDING_COMPONENT_NAME": "OPEA_CLIP_EMBEDDING"}

    def status(settings, words, *, like_upstream=True):
        body = {"input": ["word", "word " * words]}
        return ask(
            COMPS[0], "POST", "/v1/embeddings", body, settings, like_upstream=like_upstream
        ).status_code

    assert [status(over_clip, words) for words in (75, 76)] == [200, 500]
    assert [status(None, 76), status(over_clip, 76, like_upstream=False)] == [200, 200]


def test_the_multimodal_service_embeds_a_text_and_its_image():
    """One vector for both, another than for the text alone; the image comes back."""
    text = {"text": "A lighthouse."}
    both = {"text": text, "image": {"base64_image": YELLOW}}

    alone = ask(MULTIMODAL, "POST", "/v1/embeddings", text).json()
    together = ask(MULTIMODAL, "POST", "/v1/embeddings", both).json()

    assert together["base64_image"] == YELLOW
    assert together["embedding"] != alone["embedding"]
    assert len(alone["embedding"]) == 512


@pytest.mark.parametrize("body", [{}, {"url": "x.png"}, {"image": {"url": "x.png"}}])
def test_what_has_no_text_is_refused_with_a_reason(body):
    """Upstream such a request is an internal error; promised is a reason."""
    promised = ask(MULTIMODAL, "POST", "/v1/embeddings", body)
    known = ask(MULTIMODAL, "POST", "/v1/embeddings", body, like_upstream=True)

    assert (promised.status_code, known.status_code) == (400, 500)
    assert promised.json()["detail"].startswith("text: is missing")


def test_what_is_no_picture_is_refused_and_an_address_counts_as_it_is_written():
    """A mock fetches nothing."""
    text = {"text": "A lighthouse."}
    no_picture = {"text": text, "image": {"base64_image": "QUJD"}}
    address = {"text": text, "image": {"url": "https://example.org/a.png"}}

    assert ask(MULTIMODAL, "POST", "/v1/embeddings", no_picture).status_code == 400
    assert ask(MULTIMODAL, "POST", "/v1/embeddings", no_picture, like_upstream=True).status_code == 500
    assert ask(MULTIMODAL, "POST", "/v1/embeddings", address).json()["url"] == "https://example.org/a.png"


def test_a_vector_of_another_length_breaks_the_multimodal_law():
    """The law has been seen to fail."""
    (law,) = MULTIMODAL.endpoints[0].variants[0].laws

    assert law.broken({}, {"embedding": [2.0, 0.0]}) == "embedding: has length 2, not 1"


def test_no_vector_is_of_no_length():
    """That one is missing is told by the law for it alone."""

    assert LAWS["one-length"].broken({"input": []}, {"data": []}) is None
