"""OPEA's own chunks of text."""

import pytest

from harness.opea.chunks import extract_chunk_str, token_chunks
from harness.opea.metrics import metrics


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        ("data: [DONE]\n\n", ""),
        ("data: b'example test.'\n\n", "example test."),
        ('data: b"it\'s"\n\n', "it's"),
        (b"data: b'bytes'\n\n", "bytes"),
        ("plain", "plain"),
    ],
)
def test_the_text_of_a_chunk_is_taken_out_of_its_frame(chunk, text):
    """What has no frame is text already."""
    assert extract_chunk_str(chunk) == text


def test_a_sentence_is_told_word_by_word_and_each_is_counted():
    """The first counts as first token, all others as further ones."""
    registry = metrics()
    first, inter = registry.first_token_latency.total_s, registry.inter_token_latency.total_s
    chunks = list(token_chunks("it's é.", (registry, 0.0, True), is_last=True))

    assert chunks == ['data: b"it\'s "\n\n', "data: b'\\xc3\\xa9.'\n\n", "data: [DONE]\n\n"]
    assert registry.first_token_latency.total_s > first
    assert registry.inter_token_latency.total_s >= inter
