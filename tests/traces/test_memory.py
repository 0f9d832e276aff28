"""Bounded memory: searched as Jaeger searches, and what is lost is counted."""

import orjson
import pytest

from harness.traces import memory as module
from harness.traces.memory import Memory, Search
from harness.traces.otlp import seal_json


def spans(count, per_trace=1, service="rag", first=0, **more):
    """Traces of `per_trace` spans a microsecond long, a second apart."""
    group = [
        {
            "traceId": f"{first + trace + 1:032x}",
            "spanId": f"{trace * per_trace + number + 1:016x}",
            "name": f"op{number}",
            "kind": 2,
            "startTimeUnixNano": str((first + trace) * 10**9),
            "endTimeUnixNano": str((first + trace) * 10**9 + 1000 * (trace + 1)),
            **more,
        }
        for trace in range(count)
        for number in range(per_trace)
    ]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return seal_json(
        orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": group}]}]})
    )


def found(memory, **search):
    return [int(trace[0].trace_id, 16) for trace in memory.find(Search("rag", **search))]


def test_the_newest_come_first_up_to_the_limit():
    """A limit takes the latest starts."""
    memory = Memory()
    memory.add(spans(5))

    assert found(memory, limit=3) == [5, 4, 3]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"start_min_ns": 10**9, "start_max_ns": 3 * 10**9}, [4, 3, 2]),
        ({"duration_min_ns": 2000, "duration_max_ns": 3000}, [3, 2]),
        ({"operation": "op0"}, [5, 4, 3, 2, 1]),
        ({"operation": "other"}, []),
        ({"tags": {"span.kind": "server"}}, [5, 4, 3, 2, 1]),
        ({"tags": {"span.kind": "client"}}, []),
        ({"tags": {"service.name": "rag", "span.kind": "server"}}, [5, 4, 3, 2, 1]),
    ],
)
def test_a_search_narrows(search, expected):
    """Time, both ends included, duration, operation and tags each narrow what is found."""
    memory = Memory()
    memory.add(spans(5))

    assert found(memory, **search) == expected


def test_one_span_must_satisfy_everything_at_once():
    """Two spans that each satisfy half of a search do not make a match."""
    memory = Memory()
    memory.add(spans(1, service="rag", attributes=[{"key": "a", "value": {"boolValue": True}}]))
    memory.add(spans(1, service="embedding", attributes=[{"key": "b", "value": {"intValue": "1"}}]))

    assert found(memory, tags={"a": "true"}) == [1]
    assert found(memory, tags={"a": "true", "b": "1"}) == []


def test_a_failed_span_is_found_by_its_error():
    """Status becomes the tags that Jaeger makes of it."""
    memory = Memory()
    memory.add(spans(2, status={"code": 2}))

    assert found(memory, tags={"error": "true"}) == [2, 1]


def test_what_comes_after_a_search_is_found_by_the_next():
    """The index follows what is added."""
    memory = Memory()
    memory.add(spans(1))
    assert found(memory) == [1]

    memory.add(spans(1, first=7))

    assert found(memory) == [8, 1]
    assert memory.services() == ["rag"]
    assert memory.operations("rag") == [("op0", "server")]
    assert memory.operations("nobody") == []


def test_the_oldest_traces_go_whole_and_are_counted():
    """Beyond the bound whole traces are evicted, oldest first."""
    memory = Memory(spans_max=10)
    memory.add(spans(5, per_trace=3))

    assert found(memory) == [5, 4, 3]
    assert (memory.counters.spans_kept, memory.counters.traces_kept) == (9, 3)
    assert (memory.counters.spans_evicted, memory.counters.traces_evicted) == (6, 2)


def test_octets_are_bounded_too(monkeypatch):
    """A few large spans do not fill the machine."""
    monkeypatch.setattr(module, "PAYLOAD_BYTES_MAX", 1000)
    memory = Memory()
    memory.add(spans(20))

    assert memory.counters.payload_bytes <= 1000
    assert memory.counters.spans_evicted > 0


def test_a_trace_larger_than_everything_is_not_kept():
    """One trace beyond the bound goes as a whole, and nothing hangs."""
    memory = Memory(spans_max=10)
    memory.add(spans(1, per_trace=30))

    assert (memory.counters.spans_kept, memory.counters.spans_evicted) == (0, 30)


def test_a_drop_share_loses_spans_the_same_way_each_time():
    """The switch for negative controls loses about its share, repeatably, and counts it."""
    memories = [Memory(drop_share=0.1, seed=3) for _ in range(2)]
    for memory in memories:
        memory.add(spans(1000))

    assert memories[0].counters == memories[1].counters
    assert 60 < memories[0].counters.spans_dropped < 140
    assert memories[0].counters.spans_kept + memories[0].counters.spans_dropped == 1000
