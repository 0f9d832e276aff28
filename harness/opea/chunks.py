"""OPEA's own chunks of text, `data: b'...'` and `data: [DONE]`, as its orchestrator's helpers read and write them."""

from collections.abc import Iterator

from harness.opea.metrics import OrchestratorMetrics
from harness.opea.sentences import words

DONE = "data: [DONE]\n\n"
BEFORE = ("data: b'", 'data: b"')
AFTER = ("'\n\n", '"\n\n')


def extract_chunk_str(chunk_str: str | bytes) -> str:
    """The text of one chunk: without its frame, if it has OPEA's; nothing of the end mark."""
    text = chunk_str.decode() if isinstance(chunk_str, bytes) else chunk_str
    if text == DONE:
        return ""
    if text.startswith(BEFORE):
        text = text[len(BEFORE[0]) :]
    if text.endswith(AFTER):
        text = text[: -len(AFTER[0])]
    return text


def token_chunks(
    sentence: str, clock: tuple[OrchestratorMetrics, float, bool], *, is_last: bool
) -> Iterator[str]:
    """A sentence as chunks, word by word, each counted.

    `clock` is the metrics, when the token before came, and whether there was none.
    """
    metrics, token_start, is_first = clock
    for word in words(sentence):
        token_start = metrics.token_update(token_start, is_first)
        is_first = False
        yield f"data: {word.encode()!r}\n\n"
    if is_last:
        yield DONE
