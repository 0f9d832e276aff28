"""What a mock counts about itself."""

from prometheus_client.parser import text_string_to_metric_families

from harness.mocking.figures import BUCKETS_S, Figures, Histogram


def test_until_there_is_a_success_all_six_statistics_are_null():
    """As OPEA shows them."""

    assert Figures().statistics() == {
        "p50_latency": None,
        "p99_latency": None,
        "average_latency": None,
        "p50_latency_first_token": None,
        "p99_latency_first_token": None,
        "average_latency_first_token": None,
    }


def test_statistics_are_those_of_the_latencies():
    """In seconds."""
    figures = Figures()
    figures.latencies_s.extend([0.1, 0.2, 0.3])
    found = figures.statistics()

    assert (found["p50_latency"], found["p99_latency"], round(found["average_latency"], 9)) == (0.2, 0.2, 0.2)
    assert found["p50_latency_first_token"] is None


def test_a_histogram_counts_up_to_its_bounds():
    """A value on a bound is below it, as Prometheus has it."""
    histogram = Histogram(BUCKETS_S)
    for value in (0.05, 0.1, 0.7, 9):
        histogram.add(value)

    assert histogram.buckets() == [("0.1", 2.0), ("0.5", 2.0), ("1.0", 3.0), ("+Inf", 4.0)]
    assert histogram.total == 9.85


def test_the_metrics_page_has_the_names_of_opeas():
    """And is text that Prometheus can read."""
    figures = Figures()
    figures.count("POST", "/v1/x", 200, 0.2)
    figures.count("POST", "/v1/x", 503, 0.2)
    figures.request_bytes["/v1/x"] += 10
    figures.reply_bytes["/v1/x"] += 20
    found = {each.name: each for each in text_string_to_metric_families(figures.exposition().decode())}
    counts = {
        s.labels["status"]: s.value for s in found["http_requests"].samples if s.name.endswith("_total")
    }

    assert counts == {"2xx": 1.0, "5xx": 1.0}
    assert {
        "http_request_size_bytes",
        "http_response_size_bytes",
        "http_request_duration_seconds",
        "http_request_duration_highr_seconds",
        "process_cpu_seconds",
        "python_info",
    } <= set(found)


def test_a_page_of_a_mock_that_was_never_asked_is_a_page():
    """Nothing counted is no error."""

    assert b"http_requests_total" in Figures().exposition()


def test_before_any_request_the_page_tells_of_none():
    """The histogram of all requests is there from the beginning, as what Python's collector did is."""
    page = Figures().exposition().decode()

    assert "http_request_duration_highr_seconds_count 0.0" in page
    assert 'http_request_duration_highr_seconds_bucket{le="+Inf"} 0.0' in page
    assert "# TYPE python_gc_collections_total counter" in page
