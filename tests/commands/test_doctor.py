"""`opea-harness doctor`: what is wrong with a stack that runs."""

import json
import re
from pathlib import Path

import pytest

from harness.doctor.diagnose import all_rules
from harness.doctor.translate import all_causes
from tests.commands.command import started
from tests.commands.dishonest import PLANNED, gateway
from tests.doctor.fake_engine import engine_of
from tests.doctor.stacks import seed

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"
NOBODY = "http://127.0.0.1:1"
BEHIND = {
    "guardrail_in": "guardrails.bias_detection",
    "embedding": "embeddings",
    "llm": "llms.text_generation",
}


@pytest.fixture
def told(refused):
    """Return what runs the command in this process: exit code, standard output, standard error as one line."""
    return lambda *words: refused("doctor", *words)


def broken():
    """The newcomer's stack: one service crash-loops, and nothing is published."""
    stack = seed().looping("retriever-pgvector", "KeyError: 'PG_CONNECTION_STRING'")
    for said in stack.inspect.values():
        said["NetworkSettings"]["Networks"]["seed_default"]["IPAddress"] = ""
        said["NetworkSettings"]["Ports"] = said["HostConfig"]["PortBindings"] = {}
    return stack


def test_the_first_line_names_service_and_cause(told):
    """What, what shows it, and what to do; and nothing but GET was sent to Docker."""
    with engine_of(broken()) as engine:
        code, out, err = told("--docker-host", engine.address, "--passive", "--wait", "10")
        asked = {each.split()[0] for each in engine.asked}

    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert (
        lines[0]
        == "retriever-pgvector: was restarted 14 times in 9 min: the variable PG_CONNECTION_STRING is not given"
    )
    assert lines[1] == "  seen: docker inspect retriever-pgvector: running, RestartCount 14"
    assert lines[3].startswith("  fix: Give PG_CONNECTION_STRING to the service")
    assert lines[-1] == "7 services looked at, 1 found"
    assert asked == {"GET"}


def test_quiet_is_one_line_a_finding(told):
    """As grep tells it."""
    with engine_of(broken()) as engine:
        _, out, _ = told("seed", "--docker-host", engine.address, "--quiet", "--wait", "10")

    assert out.splitlines() == [
        "retriever-pgvector: was restarted 14 times in 9 min: the variable PG_CONNECTION_STRING is not given [crash-loop]"
    ]


def test_a_healthy_stack_by_its_addresses_is_green_and_a_broken_one_is_not(told, tmp_path):
    """As a newcomer would ask: mocks that run, and a megaservice that says 200 with nothing in it."""
    with started("mock", *BEHIND.values(), "--json", cwd=tmp_path) as mocks:
        ready = mocks.ready()
        urls = {name: ready[comp] for name, comp in BEHIND.items()}
        nodes = [f"--node={name}={url}" for name, url in urls.items()]
        well, green, _ = told("--scenario", "rag-bias", *nodes, "--json", "--wait", "10")
        with gateway({**urls, "retriever": urls["llm"]}, PLANNED) as url:
            ill, red, _ = told(*nodes[1:], "--gateway", url, "--json", "--wait", "10")

    green, red = json.loads(green), json.loads(red)
    assert (well, green["findings"], green["doubts"]) == (0, [], [])
    assert set(green["looked_at"]) == set(BEHIND)
    assert (ill, red["exit_code"]) == (1, 1)
    assert red["findings"][0].keys() == {"id", "service", "what", "evidence", "fix", "cause"}
    assert (red["findings"][0]["service"], red["findings"][0]["id"]) == ("gateway", "empty-answer")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--node", "llm"), 2, "--node llm: is no NAME=URL, such as llm=http://127.0.0.1:9000"),
        (("--node", "llm=here"), 2, "--node here: is no URL such as http://127.0.0.1:8888"),
        (("--gateway", "reference"), 2, "--gateway reference: is no URL such as"),
        (("--scenario", "nope", "--gateway", NOBODY), 2, "nope: there is no such scenario"),
        (("--megaservice", "nope.py", "--gateway", NOBODY), 2, "--megaservice nope.py: is no file"),
        (
            ("--docker-host", "unix:///nowhere.sock"),
            4,
            "Docker: the engine at unix:///nowhere.sock cannot be asked: there is no such socket",
        ),
        (
            ("--docker-host", "ssh://me@there"),
            4,
            "Docker: ssh://me@there is none of unix:///PATH and tcp://HOST:PORT",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_one_sentence(told, words, code, said):
    """Bad words are 2, an absent Docker is 4."""
    found = told(*words)

    assert (found[0], found[1]) == (code, "")
    assert found[2].startswith(f"opea-harness: {said}")


def test_a_name_that_is_none_is_said_with_those_that_there_are(told):
    """Of projects and containers."""
    with engine_of(broken()) as engine:
        code, _, err = told("nope", "--docker-host", engine.address)

    assert (code, err) == (
        2,
        "opea-harness: nope: is no compose project, container or service here; there are seed",
    )


@pytest.mark.parametrize(
    ("heading", "there"),
    [
        ("Findings", [rule.id for rule in all_rules()]),
        ("Causes", sorted({cause.id for cause in all_causes()})),
    ],
)
def test_every_rule_and_every_cause_is_on_its_page(heading, there):
    """docs/doctor.md lists each once, and no other."""
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]

    assert sorted(re.findall(r"^\| `([a-z\-]+)` \|", section, re.MULTILINE)) == sorted(there)
