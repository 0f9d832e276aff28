"""Statistics and telemetry (tests/cores/mega/test_base_statistics.py, tests/cores/telemetry, GenAIComps 8130a3f)."""

import asyncio

from tests.conformance.nodes import asked, free_port, serving, until

BUSY_S = 0.2


def registered(*names):
    """The statistics of a function under names of its own."""
    from comps import register_statistics, statistics_dict

    def function():
        return 1

    for name in names:
        statistics_dict.pop(name, None)
        function = register_statistics(names=[name])(function)
    assert function() == 1
    return [statistics_dict[name] for name in names]


def collected(name):
    from comps.cores.mega.base_statistics import collect_all_statistics

    return collect_all_statistics()[name]


def item_41_names_may_be_stacked():
    """A function has statistics under each of its names."""
    one, two = registered("one@conformance", "two@conformance")
    one.append_latency(1)
    two.append_latency(2)
    assert collected("one@conformance")["average_latency"] == 1
    assert collected("two@conformance")["average_latency"] == 2


def item_42_statistics_are_served():
    """Of equal latencies p50 and p99 are equal."""
    from comps import MicroService

    (stats,) = registered("served@conformance")
    for _ in range(3):
        stats.append_latency(3)
    service = MicroService(name="counting", host="127.0.0.1", port=free_port(), endpoint="/v1/add")
    with serving(service):
        status, said = asked(service.port, "GET", "/v1/statistics")
    told = said["served@conformance"]
    assert (status, told["p50_latency"], told["p99_latency"]) == (200, 3, 3)


def item_43_no_first_token_is_none():
    """Latencies alone say nothing of first tokens."""
    (stats,) = registered("none@conformance")
    stats.append_latency(3)
    assert collected("none@conformance")["p50_latency_first_token"] is None


def item_44_first_tokens():
    """Of one sample all figures are that sample."""
    (stats,) = registered("first@conformance")
    stats.append_latency(2, 1)
    told = collected("first@conformance")
    assert [told[f"{figure}_latency_first_token"] for figure in ("p50", "p99", "average")] == [1, 1, 1]


def item_45_average_and_middle():
    """Of 3, 2 and 1 both are 2."""
    (stats,) = registered("three@conformance")
    for latency in (3, 2, 1):
        stats.append_latency(latency)
    told = collected("three@conformance")
    assert (told["average_latency"], told["p50_latency"]) == (2, 2)


def traced():
    """The spans of a decorated coroutine that calls a decorated function, by the last part of their names."""
    from comps import opea_telemetry
    from comps.cores.telemetry.opea_telemetry import in_memory_exporter

    @opea_telemetry
    def child():
        return None

    @opea_telemetry
    async def parent():
        await asyncio.sleep(BUSY_S)
        child()

    in_memory_exporter.clear()
    asyncio.run(parent())

    def spans():
        found = in_memory_exporter.get_finished_spans()
        return {span.name: span for span in found if span.name in (parent.__qualname__, child.__qualname__)}

    until(lambda: len(spans()) == 2)
    return spans()[parent.__qualname__], spans()[child.__qualname__]


def item_46_a_call_is_a_span():
    """By the qualified name of what was called, and as long as it took."""
    parent, _ = traced()
    assert BUSY_S <= (parent.end_time - parent.start_time) / 1e9 < 5 * BUSY_S


def item_47_a_call_in_a_call_is_in_its_trace():
    """Its span is the other's child."""
    parent, child = traced()
    assert child.parent.trace_id == parent.get_span_context().trace_id
    assert child.parent.span_id == parent.get_span_context().span_id


def item_48_spans_are_kept_until_they_are_cleared():
    """In memory."""
    from comps.cores.telemetry.opea_telemetry import in_memory_exporter

    traced()
    assert in_memory_exporter.get_finished_spans()
    in_memory_exporter.clear()
    assert in_memory_exporter.get_finished_spans() == ()
