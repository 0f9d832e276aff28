"""`opea-harness ask`: a question's way, hop by hop."""

import json
import socket

import pytest

from tests.commands.command import SMALL, all_gone, run, started
from tests.commands.dishonest import PLANNED, RIGHT, gateway

QUESTION = "When does the first tram leave the depot on weekdays?"
BEHIND = {
    "guardrail_in": "guardrails.bias_detection",
    "embedding": "embeddings",
    "retriever": "retrievers",
    "llm": "llms.text_generation",
}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """The address of each node of the newcomer's megaservice: mocks of the harness, as it serves them to anyone."""
    with started("mock", *BEHIND.values(), "--json", cwd=tmp_path_factory.mktemp("mocks")) as mocks:
        urls = mocks.ready()
        yield {node: urls[comp] for node, comp in BEHIND.items()}


@pytest.fixture
def asked(tmp_path, nodes):
    """Return what asks a gateway with these routes one question, and watches its nodes."""

    def ask(routes, *options):
        named = [word for name, url in nodes.items() for word in ("--node", f"{name}={url}")]
        with gateway(nodes, routes) as url:
            return run("ask", "rag-bias", QUESTION, "--gateway", url, *named, *options, cwd=tmp_path)

    return ask


def test_a_good_stack_answers_and_shows_every_hop(tmp_path):
    """The exit code is 0, and every hop of the graph stands in order with its route, status and time."""
    done = run("ask", "rag", QUESTION, "--json", cwd=tmp_path)
    said = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert "twelve minutes to five" in said["answer"]["text"]
    assert [hop["node"] for hop in said["hops"]] == [
        "guardrail_in",
        "embedding",
        "retriever",
        "rerank",
        "llm",
    ]
    assert {hop["verdict"] for hop in said["hops"]} == {"holds"}
    assert said["hops"][2]["route"] == "POST /v1/retrieval"
    assert (said["verdict"], said["first_wrong"], said["not_asked"]) == ("holds", None, [])


def test_a_person_sees_every_hop_and_the_answer(tmp_path):
    """Requests and replies stand below each hop, shortened, as they were not wanted in full."""
    done = run("ask", "small", "Where does Line 1 run from and to?", *SMALL[1:], "--no-stream", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "✓ guardrail_in   POST /v1/guardrails" in done.stdout
    assert "### Answer from the search results alone" in done.stdout
    assert " characters)" in done.stdout
    assert "Line 1 runs from Harbour Gate to the University" in done.stdout


def test_wrong_routes_are_seen_hop_by_hop_behind_an_empty_200(asked):
    """Each hop says what its contract asks for and what came; the first is named, and the answer is none."""
    done = asked(PLANNED)
    text = done.stdout

    assert done.returncode == 1
    assert "✗ guardrail_in   POST /v1/detect_bias" in text
    assert text.count("expected  ") == text.count("came      ") == 4
    assert "expected  POST /v1/bias" in text
    assert "came      POST /v1/detect_bias → 404" in text
    assert "expected  POST /v1/retrieval" in text
    assert "came      POST /v1/retrieve → 404" in text
    assert "? rerank         its address is not known" in text
    assert "no answer (HTTP 200" in text
    assert "an empty answer" in text
    assert "first wrong hop: guardrail_in (4 of 4 are wrong)" in text


def test_wrong_routes_are_data_for_a_program(asked):
    """The same as one JSON document."""
    done = asked(PLANNED, "--json")
    said = json.loads(done.stdout)
    wrong = {hop["node"]: (hop["status"], hop["expected"], hop["actual"]) for hop in said["hops"]}

    assert done.returncode == 1
    assert said["first_wrong"] == "guardrail_in"
    assert wrong["guardrail_in"] == (404, "POST /v1/bias", "POST /v1/detect_bias → 404")
    assert wrong["embedding"][::2] == (404, "POST /v1/embeddings/multimodal → 404")
    assert wrong["retriever"] == (404, "POST /v1/retrieval", "POST /v1/retrieve → 404")
    assert wrong["llm"][0] in (400, 422)
    assert list(said["unseen"]) == ["rerank"]
    assert said["answer"] | {"ms": 0} == said["answer"] | {"ok": False, "status": 200, "text": "", "ms": 0}


def test_right_routes_without_align_hooks_are_broken_at_the_embedding(asked):
    """The guardrail is right; its reply is no request for the embedding, and what it says of that goes on to the next."""
    said = json.loads(asked(RIGHT, "--json").stdout)
    hops = {hop["node"]: hop for hop in said["hops"]}

    assert said["first_wrong"] == "embedding"
    assert hops["guardrail_in"]["verdict"] == "holds"
    assert hops["embedding"]["status"] == 422
    assert "lacks input" in hops["embedding"]["actual"]
    assert (hops["retriever"]["status"], hops["retriever"]["actual"]) == (200, "request lacks k → 200")
    assert [hops[name]["verdict"] for name in ("retriever", "llm")] == ["violated", "violated"]


def test_a_gateway_without_its_nodes_is_answered_for_end_to_end_only(tmp_path, nodes):
    """Which hops cannot be seen is said, with the option that would name them."""
    with gateway(nodes, PLANNED) as url:
        done = run("ask", "rag-bias", QUESTION, "--gateway", url, cwd=tmp_path)

    assert done.returncode == 1
    assert "? guardrail_in   its address is not known; --node guardrail_in=URL names it" in done.stdout


def test_an_interrupted_question_leaves_nothing(tmp_path):
    """Ctrl-C while a node keeps it waiting ends everything that was started."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        node = f"llm=http://127.0.0.1:{silent.getsockname()[1]}"
        with started("ask", "rag", QUESTION, "--full", "--node", node, cwd=tmp_path) as asking:
            asking.line("✓ guardrail_in")
            family = asking.family()
            asking.process.send_signal(2)

            assert asking.ended() == 130
            assert all_gone(family) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope", "x"), "nope: there is no such scenario; there are multimodal, rag"),
        (("rag", "x", "--gateway", "nope"), "--gateway nope: is none of `reference`, `opea`, a URL"),
        (("rag", "x", "--node", "nope=mock"), "--node nope: rag has no such node; nodes are"),
        (
            ("rag", "x", "--node", "llm"),
            "--node llm: is no NAME=mock|pgvector|URL|IMAGE, such as llm=http://127.0.0.1:9000",
        ),
        (
            ("rag", "x", "--jaeger", "nope"),
            "--jaeger nope: is none of `embedded`, `process`, `container`, `none` and a URL such as http://127.0.0.1:16686",
        ),
        (("rag", "x", "--header", "nope"), "--header nope: is no NAME:VALUE"),
    ],
    ids=["scenario", "gateway", "node", "node-without-place", "jaeger", "header"],
)
def test_what_makes_no_sense_is_one_sentence(refused, words, expected):
    """The exit code is that of a wrong use."""
    code, out, said = refused("ask", *words)

    assert expected in said
    assert (code, out) == (2, "")
