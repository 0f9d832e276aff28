"""One number is none, and only one."""

from harness.faults.bad_number import FAULTS, with_infinity, with_nan


def test_the_first_fraction_is_spoilt():
    """Counts and indexes stay, and so do the other numbers."""
    body = b'{"index":0,"embedding":[-0.25e-3,0.5]}'

    assert with_nan(body) == b'{"index":0,"embedding":[NaN,0.5]}'
    assert with_infinity(body) == b'{"index":0,"embedding":[1e400,0.5]}'


def test_without_a_fraction_nothing_changes():
    """A reply without such a number is given back as it was."""
    assert with_nan(b'{"index":0}') == b'{"index":0}'


def test_it_fits_vectors_and_scores(hop):
    """Embeddings and reranking; elsewhere the reason names what the node is."""
    assert {fault.unfit(hop(name)) for fault in FAULTS for name in ("embedding", "tei", "rerank")} == {None}
    assert FAULTS[0].unfit(hop("guardrail")) == (
        "guardrail_in is neither embedding nor reranking (it is GUARDRAIL)"
    )
