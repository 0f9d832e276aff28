"""What a mock serves beside its contract."""

from dataclasses import replace

import pytest

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from tests.mocking.greeter import GREETER, asked, get, post


def test_the_health_check_is_opeas():
    """Title, version, description."""

    assert get("/v1/health_check").json() == {
        "Service Title": "opea_service@greeter",
        "Version": "1.5",
        "Service Description": "OPEA Microservice Infrastructure",
    }


def test_the_side_endpoints_have_upstreams_names():
    """Clients that are generated from the document call them by these."""
    paths = get("/openapi.json").json()["paths"]

    assert [
        paths[path]["get"]["operationId"]
        for path in ("/v1/health_check", "/health", "/v1/statistics", "/metrics")
    ] == [
        "_health_check_v1_health_check_get",
        "_health_health_get",
        "_get_statistics_v1_statistics_get",
        "metrics_metrics_get",
    ]


def test_health_is_an_empty_200():
    """Without a content type."""
    reply = get("/health")

    assert (reply.status_code, reply.content, "content-type" in reply.headers) == (200, b"", False)


def test_statistics_count_what_was_answered():
    """Null before, a latency after."""

    async def work(client):
        before = (await client.get("/v1/statistics")).json()
        await client.post("/v1/greet", json={"name": "Ada"})
        await client.post("/v1/letters", json={"name": "Ada"})
        return before, (await client.get("/v1/statistics")).json()

    before, after = (each["opea_service@greeter"] for each in asked(work))

    assert before["p50_latency"] is None
    assert 0 < after["p50_latency"] < 5
    assert 0 < after["p99_latency_first_token"] < 5


def test_statistics_tell_the_same_under_every_name_of_a_comp():
    """Nothing where it has none."""

    async def work(client):
        return (await client.get("/v1/statistics")).json()

    named = replace(GREETER, counts_also=("opea_service@other",))

    assert [*asked(work, Mock(named, World()))] == ["opea_service@greeter", "opea_service@other"]
    assert asked(work, Mock(replace(named, statistics=False), World())) == {}


def test_like_upstream_nothing_is_told_that_opea_does_not_tell():
    """No first tokens but of vision services, and no nearest route."""

    async def work(client):
        await client.post("/v1/letters", json={"name": "Ada"})
        told = (await client.get("/v1/statistics")).json()["opea_service@greeter"]
        return told["p99_latency_first_token"] is not None, (await client.get("/nowhere")).json()

    def like_upstream(comp):
        return Mock(comp, World(), behaviour=Behaviour(like_upstream=True))

    assert asked(work, like_upstream(GREETER)) == (False, {"detail": "Not Found"})
    assert asked(work, like_upstream(replace(GREETER, service_type="LVM")))[0]


def test_metrics_count_requests_by_their_route():
    """Wrong routes count together."""

    async def work(client):
        await client.post("/v1/greet", json={"name": "Ada"})
        await client.get("/nowhere")
        return (await client.get("/metrics")).text

    text = asked(work)

    assert 'http_requests_total{handler="/v1/greet",method="POST",status="2xx"} 1.0' in text
    assert 'http_requests_total{handler="none",method="GET",status="4xx"} 1.0' in text


@pytest.mark.parametrize(
    ("method", "path", "status", "nearest"),
    [
        ("POST", "/v1/gret", 404, "POST /v1/greet"),
        ("GET", "/v1/greet", 405, "POST /v1/greet"),
    ],
)
def test_a_wrong_route_or_method_names_the_nearest_one(method, path, status, nearest):
    """Behind the words that upstream says, so that the answer's shape is upstream's."""
    reply = asked(lambda client: client.request(method, path))
    words = "Not Found" if status == 404 else "Method Not Allowed"

    assert (reply.status_code, reply.json()) == (
        status,
        {"detail": f"{words}; the nearest contract is {nearest}"},
    )


def test_only_browsers_are_told_about_origins():
    """As OPEA's services do; whoever says no origin gets no header about it."""

    async def work(client):
        bare = await client.get("/v1/health_check")
        browser = await client.get("/v1/health_check", headers={"origin": "http://ui.example"})
        return bare.headers, browser.headers

    bare, browser = asked(work)

    assert [name for name in bare if name == "vary" or name.startswith("access-control")] == []
    assert browser["access-control-allow-origin"] == "http://ui.example"


def test_docs_are_served_and_refer_to_the_document():
    """As by every FastAPI."""

    assert "/openapi.json" in get("/docs").text


def test_two_mocks_of_one_process_keep_apart():
    """Each has its own journal and figures."""
    one, other = Mock(GREETER, World(), "one"), Mock(GREETER, World(), "other")
    post("/v1/greet", {"name": "Ada"}, one)

    assert (len(one.journal.since(0)), len(other.journal.since(0))) == (1, 0)


def test_a_server_of_another_project_shows_its_openapi_where_it_says_that_it_is_ready_there():
    """And nowhere else."""
    other = replace(GREETER, framework=False)
    ready = replace(other, ready="/openapi.json")
    statuses = [get("/openapi.json", Mock(comp, World())).status_code for comp in (other, ready)]

    assert statuses == [404, 200]
