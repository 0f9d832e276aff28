"""Every vector is one number short, in every shape in which vectors come."""

import orjson
import pytest

from harness.faults.wrong_dimension import FAULTS, is_vector, one_short

VECTOR = [0.5] * 9
SHORT = [0.5] * 8


@pytest.mark.parametrize(
    ("reply", "short"),
    [
        (
            {"data": [{"index": 0, "embedding": VECTOR}], "usage": {"total_tokens": 3}},
            {"data": [{"index": 0, "embedding": SHORT}], "usage": {"total_tokens": 3}},
        ),
        ([VECTOR, VECTOR], [SHORT, SHORT]),
        ({"text": "a", "embedding": VECTOR}, {"text": "a", "embedding": SHORT}),
    ],
)
def test_vectors_lose_a_number(reply, short):
    """OpenAI's shape, TEI's and OPEA's EmbedDoc: vectors lose their last number and nothing else changes."""
    assert orjson.loads(one_short(orjson.dumps(reply))) == short


@pytest.mark.parametrize("body", [b'{"shape":[1,768],"text":"no vector"}', b"no JSON", b""])
def test_without_a_vector_nothing_changes(body):
    """A reply that holds no vector is given back byte for byte, so the fault does not count as fired."""
    assert one_short(body) == body


def test_what_is_a_vector():
    """Eight numbers are; a shape, words and nothing are not."""
    assert is_vector([1] * 8)
    assert not is_vector([1, 768])
    assert not is_vector(["a"] * 8)
    assert not is_vector([])


def test_it_fits_embeddings_alone(hop):
    """By service type or by route; elsewhere the reason names what the node is."""
    (fault,) = FAULTS

    assert fault.unfit(hop("embedding")) is None
    assert fault.unfit(hop("tei")) is None
    assert fault.unfit(hop("llm")) == "llm is no embedding (it is LLM), so its reply holds no vector"
