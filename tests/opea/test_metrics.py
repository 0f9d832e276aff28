"""What Prometheus reads."""

import gc

from prometheus_client import generate_latest

from harness.opea.metrics import Ticket, metrics


def value(name):
    lines = generate_latest().decode().splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name), 0.0)


def test_there_is_one_set_of_metrics():
    """Prometheus allows each name once in a process."""
    assert metrics() is metrics()


def test_opeas_metrics_have_no_labels():
    """Dashboards read `megaservice_*_count value`."""
    metrics().token_update(0.0, is_first=True)
    lines = [line for line in generate_latest().decode().splitlines() if line.startswith("megaservice_")]
    counts = {line.split()[0] for line in lines if "_count" in line}

    assert counts == {
        f"megaservice_{name}_latency_count" for name in ("first_token", "inter_token", "request")
    }


def test_a_request_is_pending_until_it_is_done_once():
    """A second end changes nothing; only an answered request has a latency."""
    before, counted = value("megaservice_request_pending"), value("megaservice_request_latency_count")
    one, other = Ticket(metrics()), Ticket(metrics())
    during = value("megaservice_request_pending")
    one.done(answered=True)
    one.done(answered=True)
    other.done(answered=False)

    assert (during, value("megaservice_request_pending")) == (before + 2, before)
    assert value("megaservice_request_latency_count") == counted + 1


def test_a_forgotten_request_is_not_pending():
    """A stream that nobody reads is taken back when it is thrown away."""
    before = value("megaservice_request_pending")
    ticket = Ticket(metrics())
    del ticket
    gc.collect()

    assert value("megaservice_request_pending") == before


def test_nodes_are_told_apart():
    """Calls and seconds are counted by node and outcome."""
    metrics().nodes.of("metrics-test").done("ok", 0.25)
    metrics().nodes.of("metrics-test").done("refused", 0.25)

    assert value('opea_node_calls_total{node="metrics-test",outcome="refused"}') == 1
    assert value('opea_node_latency_seconds_count{node="metrics-test"}') == 2
