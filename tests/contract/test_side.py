"""The checks beside a comp's endpoints."""

import asyncio
import json
from dataclasses import replace

import pytest

from harness.client import Client
from harness.comp import World
from harness.contract.side import COUNTED, side
from harness.contract.talk import Answer, Talk
from harness.mocking.app import Mock
from harness.mocking.asgi import Whole
from harness.mocking.serving import serving
from tests.contract.says import Says
from tests.contract.ways import Wrapped
from tests.mocking.greeter import GREETER


def names(comp):
    """The names of its side checks."""
    return [check.id.rpartition(".")[2] for check in side(comp)]


def test_an_opea_service_is_checked_on_all_its_side_endpoints():
    """Those of its framework, and what is said where nothing is."""

    assert names(GREETER) == [
        "health-check",
        "health",
        "statistics",
        "metrics",
        "unknown-route",
        "wrong-method",
    ]


def test_a_server_of_another_project_is_checked_on_what_every_server_says():
    """It has no framework to keep."""

    assert names(replace(GREETER, framework=False)) == ["unknown-route", "wrong-method"]


def test_a_model_server_is_checked_on_the_metrics_of_its_project():
    """vLLM's names, or TGI's."""

    assert names(replace(GREETER, framework=False, engine="vllm"))[0] == "engine-metrics"


def whys(comp, path="", status=200, body=b"", content_type="application/json"):
    """What each check finds, by its name, where that path answers so."""

    async def around(mock, scope, receive, send):
        if scope["path"] == path:
            await Whole(status, body, content_type).send(send)
            return
        await mock(scope, receive, send)

    async def judged():
        client = Client()
        async with serving([Wrapped(Mock(GREETER, World()), around)]) as urls:
            talk = Talk(client, urls["greeters"], comp)
            try:
                return {check.kind.name: await check.judge(talk) for check in side(comp)}
            finally:
                await client.close()

    found = asyncio.run(judged())
    return {
        name.removeprefix("side."): each.why for name, each in found.items() if each.verdict == "violated"
    }


HEALTHY = {"Service Title": "opea_service@greeter", "Version": "1", "Service Description": "x"}
FIGURES = {f"{name}_latency{of}": None for name in ("p50", "p99", "average") for of in ("", "_first_token")}


@pytest.mark.parametrize(
    ("path", "status", "said", "name", "why"),
    [
        ("/v1/health_check", 200, HEALTHY, "", ""),
        ("/v1/health_check", 503, HEALTHY, "health-check", "it is no 200 with a JSON object"),
        ("/v1/health_check", 200, [], "health-check", "it is no 200 with a JSON object"),
        (
            "/v1/health_check",
            200,
            {**HEALTHY, "Service Title": "x"},
            "health-check",
            "Service Title: is 'x'; this is not greeters",
        ),
        (
            "/v1/health_check",
            200,
            {"Service Title": "opea_service@greeter", "Version": "1"},
            "health-check",
            "it lacks ['Service Description']",
        ),
        ("/health", 204, None, "health", "it is 204"),
        ("/health", 404, None, "health", "it is 404"),
        ("/v1/statistics", 200, {"opea_service@greeter": FIGURES}, "", ""),
        (
            "/v1/statistics",
            500,
            {"opea_service@greeter": FIGURES},
            "statistics",
            "it is no 200 with a JSON object",
        ),
        ("/v1/statistics", 200, [], "statistics", "it is no 200 with a JSON object"),
        (
            "/v1/statistics",
            200,
            {"opea_service@greeter": {name: None for name in FIGURES if name != "p50_latency"}},
            "statistics",
            "opea_service@greeter: lacks ['p50_latency']",
        ),
        ("/v1/no-such-route-of-the-contract", 405, {}, "unknown-route", "it is 405"),
        ("/v1/no-such-route-of-the-contract", 400, {}, "unknown-route", "it is 400"),
    ],
)
def test_each_page_is_judged_by_status_and_content(path, status, said, name, why):
    """One page is wrong, and one check tells of it."""

    assert whys(GREETER, path, status, json.dumps(said).encode()) == ({name: why} if name else {})


def test_a_comp_without_statistics_may_say_nothing_of_them():
    """Some services of OPEA register none."""

    assert whys(replace(GREETER, statistics=False), "/v1/statistics", 200, b"{}") == {}


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (200, "http_requests_total 1", None),
        (200, "up 1", "http_requests_total: is not there"),
        (404, "http_requests_total 1", "it is 404 'text/plain', no text"),
    ],
)
def test_metrics_are_text_that_counts_requests(status, text, why):
    """For Prometheus."""
    found = whys(GREETER, "/metrics", status, text.encode(), "text/plain")

    assert found == ({"metrics": why} if why else {})


def test_metrics_of_another_type_are_none():
    """However they begin."""
    found = whys(GREETER, "/metrics", 200, b"http_requests_total 1", "application/json")

    assert found == {"metrics": "it is 200 'application/json', no text"}


@pytest.mark.parametrize("engine", COUNTED)
def test_a_model_server_tells_every_name_of_its_project(engine):
    """The first that is missing is told, and how many are."""
    server = replace(GREETER, framework=False, engine=engine)
    whole = "\n".join(f"{name} 1" for name in COUNTED[engine])
    short = "\n".join(f"{name} 1" for name in COUNTED[engine][2:])

    assert whys(server, "/metrics", 200, whole.encode(), "text/plain") == {}
    assert whys(server, "/metrics", 404, whole.encode()) == {"engine-metrics": "it is 404"}
    assert whys(server, "/metrics", 200, short.encode()) == {
        "engine-metrics": f"{COUNTED[engine][0]}: is not there"
    }


@pytest.mark.parametrize(
    ("status", "is_right"), [(404, True), (405, True), (200, False), (400, False), (500, False)]
)
def test_a_method_that_is_not_taken_is_405_or_404(status, is_right):
    """Nothing else says it."""
    found = whys(GREETER, "/v1/greet", status, b"{}")

    assert found == ({} if is_right else {"wrong-method": f"it is {status}"})


@pytest.mark.parametrize(
    ("path", "status", "name", "expected", "actual"),
    [
        ("/health", 503, "health", "200", "503 {}"),
        ("/health", 100, "health", "200", "100 {}"),
        ("/v1/no-such-route-of-the-contract", 200, "unknown-route", "404", "200 {}"),
        ("/v1/greet", 200, "wrong-method", "405", "200 {}"),
        ("/v1/greet", 406, "wrong-method", "405", "406 {}"),
        ("/v1/health_check", 201, "health-check", "", "201 {}"),
        ("/v1/statistics", 201, "statistics", "", "201 {}"),
        ("/v1/health_check", 100, "health-check", "", "100 {}"),
        ("/v1/statistics", 100, "statistics", "", "100 {}"),
        ("/metrics", 201, "metrics", "", "201 {}"),
        ("/metrics", 100, "metrics", "", "100 {}"),
    ],
)
def test_what_was_answered_is_shown_beside_what_is_right(path, status, name, expected, actual):
    """So that a failure can be read alone."""
    (check,) = (each for each in side(GREETER) if each.kind.name == f"side.{name}")
    found = asyncio.run(check.find(Says(Answer(status, "text/plain", b"{}"))))

    assert (found.expected, found.actual) == (expected, actual)


def test_the_first_method_that_no_contract_takes_is_tried():
    """On the first route; others may take what they like."""
    first, *others = GREETER.endpoints
    taken = replace(
        GREETER, endpoints=(first, replace(first, method="PATCH"), replace(others[0], method="PUT"))
    )
    (check,) = (each for each in side(taken) if each.kind.name == "side.wrong-method")
    talk = Says(Answer(405, "application/json", b"{}"), comp=taken)

    assert asyncio.run(check.find(talk)) is None
    assert talk.asked == [("PUT", "/v1/greet")]


def test_another_service_is_told_by_its_title():
    """A document without one is another's too."""
    (check,) = (each for each in side(GREETER) if each.kind.name == "side.health-check")
    found = asyncio.run(check.find(Says(Answer(200, "application/json", b"{}"))))

    assert (found.expected, found.actual) == ("opea_service@greeter", "None")
    assert found.why == "Service Title: is None; this is not greeters"


def test_figures_that_are_none_are_all_missing():
    """Those of another service, and no object."""
    (check,) = (each for each in side(GREETER) if each.kind.name == "side.statistics")
    figures = Answer(200, "application/json", b'{"opea_service@greeter": ["p50_latency"]}')
    found = asyncio.run(check.find(Says(figures)))

    assert found.why == f"opea_service@greeter: lacks {sorted(FIGURES)}"
    assert found.actual == figures.shown


@pytest.mark.parametrize("engine", COUNTED)
def test_a_model_server_is_asked_once_before_its_figures_are_read(engine):
    """Some name only what they counted; how many are missing is told."""
    server = replace(GREETER, framework=False, engine=engine)
    (check,) = (each for each in side(server) if each.kind.name == "side.engine-metrics")
    talk = Says(Answer(200, "text/plain", f"{COUNTED[engine][0]} 1\nx".encode()), comp=server)
    found = asyncio.run(check.find(talk))
    first = GREETER.endpoints[0]

    assert talk.asked == [(first, first.variants[0].examples[0]), ("GET", "/metrics")]
    assert (found.why, found.actual) == (f"{COUNTED[engine][1]}: is not there", "6 names are missing")
    assert asyncio.run(check.find(Says(Answer(100, "text/plain", b"x"), comp=server))).why == "it is 100"
