"""`--megaservice FILE` on the command line."""

import json

import httpx
import pytest

from tests.commands.command import all_gone, run, sentence, started
from tests.gateway.files import FILES

CHATQNA = str(FILES / "chatqna.py")
MISSING = "QUESTION is missing; it comes after SCENARIO, or after --megaservice FILE or --gateway URL"


@pytest.mark.parametrize(
    ("words", "what"),
    [((), "neither is given"), (("rag", "--megaservice", CHATQNA), "both are given")],
)
def test_a_scenario_or_a_file_says_what_to_run(tmp_path, words, what):
    """One of the two."""
    done = run("serve", *words, cwd=tmp_path)

    assert done.returncode == 2
    assert sentence(done) == f"opea-harness: SCENARIO, or --megaservice FILE, says what to run; {what}"


def test_a_file_is_no_gateway_that_runs_already(tmp_path):
    """It is run on an engine."""
    done = run("run", "--megaservice", CHATQNA, "--gateway", "http://127.0.0.1:1", cwd=tmp_path)

    assert done.returncode == 2
    assert "is run on an engine, --gateway reference or --gateway opea" in sentence(done)


def test_a_node_that_the_file_has_not_is_told(tmp_path):
    """With those that it has."""
    words = ("--megaservice", CHATQNA, "--node", "guard=mock:guardrails.guardrails")
    done = run("run", *words, cwd=tmp_path)

    assert done.returncode == 2
    assert sentence(done) == (
        "opea-harness: --node guard: chatqna.py has no such node; "
        "nodes are ['embedding', 'retriever', 'rerank', 'llm']"
    )


@pytest.mark.parametrize("command", [("run",), ("serve",), ("ask", "Hello?")], ids=lambda words: words[0])
def test_a_file_that_is_not_fit_is_one_sentence_and_exit_code_2(tmp_path, command):
    """With file and line; nothing is left of it, neither processes nor a run's folder."""
    file = tmp_path / "broken.py"
    file.write_text("import os\nfrom comps import MicroService\nkey = os.environ['SERVICE_KEY']\n")
    done = run(*command, "--megaservice", str(file), cwd=tmp_path)

    assert done.returncode == 2
    assert sentence(done) == f"opea-harness: {file}:3: needs the environment variable SERVICE_KEY"
    assert list(tmp_path.iterdir()) == [file]


def test_without_opea_comps_its_gateway_is_told_how_to_be_had(tmp_path, monkeypatch):
    """Exit code 4: nothing was proven."""
    monkeypatch.setenv("OPEA_HARNESS_CACHE", str(tmp_path / "cache"))
    done = run("run", "rag", "--gateway", "opea", cwd=tmp_path)

    assert done.returncode == 4
    assert "`opea-harness setup opea` builds it once" in sentence(done)


def test_a_file_is_served_with_its_nodes_stood_in_for(tmp_path):
    """Every address is printed, the route answers, and nothing is left in the end."""
    words = ("--megaservice", CHATQNA, "--argument=--without-rerank", "--json")
    with started("serve", *words, cwd=tmp_path) as serving:
        urls = serving.ready()
        family = serving.family()
        asked = {"messages": "When does the first tram leave?", "stream": False}
        answer = httpx.post(urls["gateway"], json=asked, timeout=20).json()
        serving.process.stdin.close()

        assert list(urls) == ["gateway", "embedding", "retriever", "llm", "rerank", "dataprep", "traces"]
        assert "twelve minutes to five" in answer["choices"][0]["message"]["content"]
        assert serving.ended() == 0
        assert all_gone(family) == []


def test_a_file_is_asked_one_question_and_every_hop_is_seen(tmp_path):
    """As a stream, for a model answers; each hop is examined as the comp that stands in for it."""
    done = run("ask", "--megaservice", CHATQNA, "When does the first tram leave?", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert "twelve minutes to five" in said["answer"]["text"]
    assert said["answer"]["tokens"] > 1
    assert [(hop["node"], hop["verdict"]) for hop in said["hops"]] == [
        ("embedding", "holds"),
        ("retriever", "holds"),
        ("rerank", "holds"),
        ("llm", "holds"),
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("rag",), MISSING),
        (("--megaservice", CHATQNA), MISSING),
        (("rag", "--gateway", "http://127.0.0.1:1"), MISSING),
        (
            ("rag", "Hello?", "--megaservice", CHATQNA),
            "SCENARIO, or --megaservice FILE, says what to run; both are given",
        ),
    ],
)
def test_a_question_comes_after_what_is_asked(tmp_path, words, what):
    """One sentence says which is missing, or too many."""
    done = run("ask", *words, cwd=tmp_path)

    assert (done.returncode, sentence(done)) == (2, f"opea-harness: {what}")


@pytest.mark.parametrize(
    ("place", "scenario"),
    [("", "rag"), ("/v1/chatqna", "rag"), ("/v1/multimodalqna", "multimodal"), ("/v1/own", "rag")],
)
def test_a_gateway_alone_is_asked_by_its_route(tmp_path, place, scenario):
    """As what is told; nobody answers there, and that is told too."""
    url = f"http://127.0.0.1:1{place}"
    for words in (("ask", "Hello?"), ("run", "--only", "correctness")):
        done = run(*words, "--gateway", url, cwd=tmp_path)

        assert done.returncode == 4
        assert f"SCENARIO is not given: {url} is asked as {scenario} " in sentence(done)
        assert "cannot be asked (refused)" in sentence(done)


@pytest.mark.needs("opea")
def test_hops_are_seen_on_opea_comps_too(tmp_path):
    """Although it hands no trace context on."""
    words = ("--megaservice", CHATQNA, "When does the first tram leave?", "--gateway", "opea", "--json")
    done = run("ask", *words, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert [hop["node"] for hop in json.loads(done.stdout)["hops"]] == [
        "embedding",
        "retriever",
        "rerank",
        "llm",
    ]


def test_a_file_is_run_and_judged_and_judged_again(tmp_path):
    """Correctness of the audio file, chaos with one fault; judged again, the verdicts are the same."""
    words = (
        "--megaservice",
        str(FILES / "audioqna.py"),
        "--only",
        "chaos",
        "--faults",
        "status-500",
        "--json",
    )
    done = run("run", *words, cwd=tmp_path)
    report = json.loads(done.stdout)
    again = run("check", "latest", "--json", cwd=tmp_path)

    cells = {(cell["node"], cell["mode"]): cell["verdict"] for cell in report["faults"]}
    assert cells == {("asr", "json"): "holds", ("llm", "json"): "holds", ("tts", "json"): "holds"}
    assert report["run"]["scenario"] == "audioqna"
    assert [each["comp"] for each in report["graph"]] == [
        "third_parties.whisper",
        "llms.text_generation",
        "third_parties.speecht5",
    ]
    assert json.loads(again.stdout)["verdicts"] == report["verdicts"]
    assert done.returncode == 0, done.stderr


def test_a_file_is_judged_by_how_it_answers(tmp_path):
    """One finding for what streams unasked and one for a node that no question reaches; all else is judged as it does answer."""
    words = ("--megaservice", str(FILES / "wayward.py"), "--only", "chaos", "--faults", "noop")
    done = run("run", *words, "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    again = run("check", "latest", "--json", cwd=tmp_path)
    found = {each["id"]: each for each in report["verdicts"]}

    assert done.returncode == 1, done.stderr
    assert {name for name, each in found.items() if each["verdict"] == "violated"} == {
        "correctness.kind.json"
    }
    assert found["correctness.kind.json"]["why"].startswith(
        "asked with `stream: false` it answers text/event-stream: schedule() streams unless its llm_parameters say otherwise"
    )
    assert {name for name, each in found.items() if each["verdict"] == "unknown"} == {
        "correctness.nodes-asked"
    }
    assert "leads to asr" in found["correctness.nodes-asked"]["why"]
    assert {(cell["node"], cell["mode"]): cell["verdict"] for cell in report["faults"]} == {
        ("asr", "stream"): "n/a",
        ("llm", "stream"): "holds",
    }
    assert json.loads(again.stdout)["verdicts"] == report["verdicts"]
