"""One vector is missing."""

import pytest

from harness.faults.vector_count import FAULTS, one_fewer


@pytest.mark.parametrize(
    ("body", "fewer"),
    [
        (b'{"data":[{"embedding":[1]}],"model":"m"}', b'{"data":[],"model":"m"}'),
        (b"[[1],[2]]", b"[[1]]"),
        (b'{"text":"a","embedding":[1]}', b'{"text":"a","embedding":[1]}'),
        (b"[1,2]", b"[1,2]"),
        (b"nope", b"nope"),
    ],
)
def test_the_last_vector_goes(body, fewer):
    """From a list of vectors the last is taken; a reply that holds no list of them stays as it is."""
    assert one_fewer(body) == fewer


def test_it_fits_embeddings_alone(hop):
    """Elsewhere there is no vector to miss."""
    assert FAULTS[0].unfit(hop("tei")) is None
    assert FAULTS[0].unfit(hop("rerank")) == (
        "rerank is no embedding (it is RERANK), so its reply holds no vector"
    )
