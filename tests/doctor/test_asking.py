"""Addresses are asked over real sockets: healthy mocks raise no alarm, and planted faults are named."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from harness.client import Client
from harness.contract.talk import Talk
from harness.discovery import COMP, discover
from harness.doctor.asking import Asking, Wanted
from harness.doctor.case import Case
from harness.doctor.diagnose import diagnose
from harness.doctor.seen import Seen
from tests.commands.command import started
from tests.doctor.by_route import HANGS, http, routes

COMPS = discover(COMP)
NODES = {
    "guardrail_in": "guardrails.bias_detection",
    "embedding": "embeddings",
    "retriever": "retrievers",
    "rerank": "rerankings",
    "llm": "llms.text_generation",
    "ollama": "third_parties.ollama",
    "dataprep": "dataprep",
}
PATIENCE_S = 8.0  # A busy machine's mocks are slow, and not broken.
TITLE = http(200, b'{"Service Title":"opea_service@embedding"}')
SAID = b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n'
STREAM = http(200, SAID, b"text/event-stream")
ANSWERS = {
    "/v1/chatqna": STREAM,
    "/metrics": http(200, b"megaservice_request_latency_count 3.0\n", b"text/plain"),
}
NOTHING = b'{"id":"1","text":"x","initial_query":"x","retrieved_docs":[],"top_n":1}'
TRACED = {"/api/services": http(200, b'{"data":["chatqna"]}')}
UNTRACED = {"/api/services": http(200, b'{"data":[]}')}


@pytest.fixture(scope="module")
def urls(tmp_path_factory):
    """Healthy mocks in a process of their own, by the names of nodes."""
    with started("mock", *NODES.values(), "--json", cwd=tmp_path_factory.mktemp("mocks")) as mocks:
        ready = mocks.ready()
        asyncio.run(_ingested(ready["dataprep"]))
        yield {name: ready[comp] for name, comp in NODES.items()}


async def _ingested(url):
    """Let the retriever have something to find."""
    client = Client()
    endpoint = COMPS["dataprep"].endpoint("/v1/dataprep/ingest")
    try:
        assert (
            await Talk(client, url, COMPS["dataprep"]).put(endpoint, endpoint.variants[0].examples[0])
        ).status == 200
    finally:
        await client.close()


@pytest.fixture
def diagnosed(urls):
    """Return what gives the diagnosis of the mocks with changes.

    A change is another node's name (mixed up), None (gone), routes (a server of its own), or `fault:NAME` of the mock.
    """
    return lambda changes, **how: asyncio.run(_diagnosed(urls, changes, **how))


async def _diagnosed(urls, changes, *, is_passive=False):
    there = dict(urls)
    async with AsyncExitStack() as stack:
        client = Client()
        stack.push_async_callback(client.close)
        for name, change in changes.items():
            if isinstance(change, dict):
                there[name] = await stack.enter_async_context(routes(change))
            elif change is None:
                there[name] = "http://127.0.0.1:1"
            elif change.startswith("fault:"):
                faults = f"{urls[name]}/_harness/faults"
                stack.push_async_callback(client.request, "DELETE", faults)
                body = b'{"fault":"%s"}' % change.removeprefix("fault:").encode()
                assert (await client.request("POST", faults, body=body)).status == 200
            else:
                there[name] = urls[change]
        asking = Asking(client, COMPS, is_passive, PATIENCE_S)
        await asking.ask([_wanted(name, url) for name, url in there.items()])
        return diagnose(Case(Seen(probes=tuple(asking.found.values()))))


def _wanted(name, url):
    if name in ("gateway", "jaeger"):
        return Wanted(name, name, url, path="/v1/chatqna", question={"messages": "x"})
    return Wanted(name, "node", url, COMPS.get(NODES.get(name, "")))


def test_a_healthy_stack_raises_no_alarm(diagnosed):
    """Every node is asked for what it is, and for one thing that it promises; the megaservice and Jaeger too."""
    changes = {
        "ollama": {"/api/tags": http(200, b'{"models":[{"name":"a"}]}')},
        "gateway": ANSWERS,
        "jaeger": TRACED,
    }

    found = diagnosed(changes)

    assert (found.findings, found.doubts) == ((), ())
    assert set(found.looked_at) == {*NODES, "gateway", "jaeger"}


PLANTED = [
    ("gone", {"retriever": None}, "not-answering", "retriever", "the connection is refused"),
    (
        "hangs",
        {"rerank": {"/v1/health_check": HANGS}},
        "not-answering",
        "rerank",
        "takes the connection and says nothing",
    ),
    (
        "mixed up",
        {"embedding": "rerank"},
        "another-service",
        "embedding",
        "rerankings (opea_service@reranking) answers at",
    ),
    (
        "fails",
        {"rerank": "fault:status-500"},
        "health-lies",
        "rerank",
        "answers 500 to a request of its contract",
    ),
    (
        "lies",
        {"embedding": {"/v1/health_check": TITLE, "/v1/embeddings": http(500, b"Internal Server Error")}},
        "health-lies",
        "embedding",
        "says that it is healthy, and answers 500 to a request of its contract",
    ),
    (
        "says nothing",
        {"embedding": {"/v1/health_check": TITLE, "/v1/embeddings": http(200)}},
        "health-lies",
        "embedding",
        "with nothing at all",
    ),
    (
        "other route",
        {"embedding": {"/v1/health_check": TITLE}},
        "route-missing",
        "embedding",
        "does not serve POST /v1/embeddings",
    ),
    (
        "no model",
        {"ollama": {"/api/tags": http(200, b'{"models":[]}')}},
        "model-not-pulled",
        "ollama",
        "no model was ever pulled",
    ),
    (
        "empty",
        {"gateway": ANSWERS | {"/v1/chatqna": http(200, b"", b"text/event-stream")}},
        "empty-answer",
        "gateway",
        "HTTP 200 with no answer",
    ),
    ("no route", {"gateway": {}}, "gateway-fails", "gateway", "the megaservice has no such route"),
    ("no gateway", {"gateway": None}, "gateway-gone", "gateway", "does not answer (refused)"),
    (
        "names its node",
        {"gateway": {"/v1/chatqna": http(502, b'{"node":"llm","kind":"refused"}')}},
        "gateway-fails",
        "gateway",
        "the megaservice fails at llm: refused",
    ),
    ("no Jaeger", {"jaeger": None}, "jaeger-gone", "jaeger", "(refused)"),
    (
        "no traces",
        {"gateway": ANSWERS, "jaeger": UNTRACED},
        "traces-empty",
        "jaeger",
        "although requests were served",
    ),
]
WELL = {"ollama": {"/api/tags": http(200, b'{"models":[{"name":"a"}]}')}}


@pytest.mark.parametrize(
    ("changes", "rule", "service", "words"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED]
)
def test_a_planted_fault_is_named(diagnosed, changes, rule, service, words):
    """It is the only finding, with what was answered beside it."""
    (found,) = diagnosed(WELL | changes).findings

    assert (found.id, found.service) == (rule, service)
    assert words in found.what
    assert found.evidence[0].startswith(("GET http://127.0.0.1:", "POST http://127.0.0.1:"))


def test_who_says_that_it_is_well_and_does_not_answer_is_a_doubt(diagnosed):
    """It may be slow; who has not answered after ten seconds hangs, which a longer wait would show."""
    hangs = {"embedding": {"/v1/health_check": TITLE, "/v1/embeddings": HANGS}}

    found = diagnosed(WELL | hangs)

    assert (found.findings, [(each.service, each.id) for each in found.doubts]) == (
        (),
        [("embedding", "slow")],
    )


def test_a_node_that_nobody_knows_is_known_by_its_title(diagnosed):
    """Any name may be given to an address."""
    asked = {"mine": {"/v1/health_check": TITLE, "/v1/embeddings": http(500)}}

    (found,) = diagnosed(WELL | asked).findings

    assert (found.service, found.id) == ("mine", "health-lies")


def test_passive_looks_and_asks_nothing(diagnosed):
    """No request of a contract is put, so what only they show is not found."""
    lies = {"embedding": {"/v1/health_check": TITLE, "/v1/embeddings": http(500)}}

    assert (
        diagnosed(WELL | lies | {"gateway": ANSWERS | {"/v1/chatqna": http(405)}}, is_passive=True).findings
        == ()
    )


def test_without_an_embedding_the_retriever_is_not_asked(diagnosed):
    """A vector of another length would be an error of ours."""
    refuses = {
        "/v1/health_check": http(200, b'{"Service Title":"%s"}' % COMPS["retrievers"].title.encode()),
        "/v1/retrieval": http(500),
    }

    found = diagnosed(WELL | {"embedding": None, "retriever": refuses}).findings

    assert [each.service for each in found] == ["embedding"]
