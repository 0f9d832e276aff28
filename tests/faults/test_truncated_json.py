"""Half of a JSON text is no JSON."""

import pytest

from harness.faults.truncated_json import FAULTS, first_half


@pytest.mark.parametrize(
    ("body", "half"), [(b'{"text":"abc"}', b'{"text"'), (b"[1]", b"["), (b"1", b""), (b"", b"")]
)
def test_the_first_half_is_kept(body, half):
    """The cut is in the middle; an empty body stays empty, so it cannot fire there."""
    assert first_half(body) == half


def test_a_stream_is_not_cut_like_that(hop):
    """On a streaming hop it is unfit, with the reason; on others it fits."""
    (fault,) = FAULTS

    assert fault.unfit(hop("llm")) is None
    assert fault.unfit(hop("openai")) == (
        "llm streams in stream mode, and this fault spoils a reply in one piece"
    )
