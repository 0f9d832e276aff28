"""Traces on disk."""

import pytest

from harness.errors import TraceError
from harness.traces.archive import NAME, read, write
from harness.traces.jaeger import Pull
from harness.traces.span import Span, SpanEvent, Trace

SPAN = Span(
    "a" * 32,
    "b" * 16,
    None,
    "POST /v1/embeddings",
    "client",
    1_795_000_000_000_000_001,
    1_795_000_000_000_000_002,
    service="rag",
    attributes={"opea.node": "embedding", "opea.token_offsets_us": [1, 2]},
    events=(SpanEvent("gen_ai.first_token", 5),),
)


def test_traces_are_read_back_to_the_nanosecond(tmp_path):
    """What is read equals what was written."""
    trace = Trace.of([SPAN])
    write(tmp_path, Pull([trace]))

    assert list(read(tmp_path)) == [trace]


def test_a_run_without_traces_has_none(tmp_path):
    """Nothing was written, nothing is read."""
    assert list(read(tmp_path)) == []


def test_a_damaged_line_is_named(tmp_path):
    """File and line stand in the error."""
    (tmp_path / NAME).write_text('{"trace_id": 1}\n')

    with pytest.raises(TraceError, match=r"traces\.jsonl:1: is no span"):
        read(tmp_path)
