"""What every service answers."""

import httpx
import pytest

from harness.opea import MicroService, Problem, statistics_dict
from harness.opea.problems import Failure
from harness.opea.statistics import BaseStatistics
from tests.opea.serving import serving


@pytest.fixture(scope="module")
def address():
    service = MicroService("teller", host="127.0.0.1", port=0)

    async def fail():
        raise Problem(Failure("llm", "upstream_5xx", "busy", status=503, retry_after="3"))

    def crash():
        raise RuntimeError("a bug")

    service.add_route("/v1/fail", fail)
    service.add_route("/v1/crash", crash)
    with serving(service) as address:
        yield address


def test_health_is_liveness(address):
    """An empty 200."""
    reply = httpx.get(f"{address}/health")

    assert (reply.status_code, reply.content) == (200, b"")


def test_health_check_says_what_serves(address):
    """In upstream's three words."""
    assert httpx.get(f"{address}/v1/health_check").json() == {
        "Service Title": "teller",
        "Version": "1.5",
        "Service Description": "OPEA Microservice Infrastructure",
    }


def test_statistics_are_those_that_were_registered(address):
    """By name."""
    statistics_dict["app@test"] = BaseStatistics()
    told = httpx.get(f"{address}/v1/statistics").json()
    del statistics_dict["app@test"]

    assert told["app@test"]["p50_latency"] is None


def test_metrics_are_there_for_prometheus(address):
    """With requests by route."""
    httpx.post(f"{address}/v1/fail")
    told = httpx.get(f"{address}/metrics")

    assert told.headers["content-type"].startswith("text/plain")
    assert 'http_requests_total{handler="/v1/fail",method="POST",status="5xx"}' in told.text


def test_a_problem_is_told_as_problem_json(address):
    """With its own status and when to come back."""
    reply = httpx.post(f"{address}/v1/fail")

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "3")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["node"] == "llm"


def test_a_bug_is_a_500(address, capfd):
    """The service goes on."""
    assert httpx.post(f"{address}/v1/crash").status_code == 500
    assert httpx.get(f"{address}/health").status_code == 200
    capfd.readouterr()


def test_pages_of_other_origins_may_ask(address):
    """As upstream allows."""
    reply = httpx.options(
        f"{address}/v1/fail", headers={"Origin": "http://ui", "Access-Control-Request-Method": "POST"}
    )

    assert reply.headers["access-control-allow-origin"] in ("*", "http://ui")
