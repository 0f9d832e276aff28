"""`opea-harness mock`: mocks for whoever wants them."""

import json
import signal
import socket
import time

import httpx
import pytest

from harness.commands.mock import PACE
from tests.commands.command import run, sentence, started


def test_mocks_say_where_they_are_and_answer(tmp_path):
    """One JSON line when ready, with the address of each; every one answers its contract."""
    with started("mock", "embeddings", "rerankings", "--json", cwd=tmp_path) as mocks:
        urls = mocks.ready()
        reply = httpx.post(f"{urls['embeddings']}/v1/embeddings", json={"input": "hello"})

        assert list(urls) == ["embeddings", "rerankings"]
        assert (reply.status_code, len(reply.json()["data"][0]["embedding"])) == (200, 768)


def test_a_models_tokens_come_one_after_the_other(tmp_path):
    """As from a model, and not in a lump, which would be no streaming to whoever tests a megaservice with it."""
    asked = {"messages": [{"role": "user", "content": "What is a tram?"}], "stream": True}
    with started("mock", "llms.text_generation", "--json", cwd=tmp_path) as mocks:
        url = mocks.ready()["llms.text_generation"]
        began_s = time.monotonic()
        said = httpx.post(f"{url}/v1/chat/completions", json=asked, timeout=30).text
        took_ms = (time.monotonic() - began_s) * 1000
    tokens = said.count('"content":"')

    assert tokens > 3
    assert took_ms >= PACE.token_ms * (tokens - 1)


def test_mocks_end_when_their_starter_lets_go(tmp_path):
    """Closing their standard input is enough, so that no mock outlives the program that started it."""
    with started("mock", "embeddings", "--json", cwd=tmp_path) as mocks:
        url = mocks.ready()["embeddings"]
        mocks.process.stdin.close()

        assert mocks.ended() == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_mocks_end_in_order_when_they_are_told(tmp_path, number):
    """To a person that is how they are ended, so it is no failure."""
    with started("mock", "embeddings", cwd=tmp_path) as mocks:
        mocks.line("embeddings")
        mocks.process.send_signal(number)

        assert mocks.ended() == 0


def test_ports_follow_the_first_one(tmp_path, free_ports):
    """The comps stand on neighbouring ports, in the order in which they were named."""
    port = free_ports(2)
    with started("mock", "rerankings", "embeddings", "--port", str(port), "--json", cwd=tmp_path) as mocks:
        assert mocks.ready() == {
            "rerankings": f"http://127.0.0.1:{port}",
            "embeddings": f"http://127.0.0.1:{port + 1}",
        }


def test_a_comp_can_stand_on_the_port_that_opea_gives_it(tmp_path, free_ports):
    """So that whoever asks for it by OPEA's own port finds it."""
    port = free_ports(1)
    (tmp_path / "greeters.py").write_text(
        "from dataclasses import replace\n"
        "from mocks.prompt_template import COMPS as ALL\n"
        f"COMPS = (replace(ALL[0], id='greeters', port={port}),)\n"
    )
    words = ("mock", "greeters", "--path", str(tmp_path), "--opea-ports", "--json")
    with started(*words, cwd=tmp_path) as mocks:
        assert mocks.ready() == {"greeters": f"http://127.0.0.1:{port}"}


@pytest.fixture
def free_ports():
    """Return what finds so many neighbouring ports that nobody listens on."""

    def find(count):
        for first in range(20_000, 30_000, count):
            try:
                for port in range(first, first + count):
                    with socket.create_server(("127.0.0.1", port)):
                        pass
            except OSError:
                continue
            return first
        raise AssertionError("no neighbouring ports are free")

    return find


def test_a_port_in_use_is_said(tmp_path):
    """Which comp, which port, and that another one will do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("mock", "embeddings", "--port", str(port), "--json", cwd=tmp_path)

    assert done.returncode == 4
    assert f"embeddings: port {port}" in sentence(done)
    assert "in use" in sentence(done)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "mock: names no comp; give one or more (`opea-harness comps` lists them) or --all"),
        (("nope",), "nope: there is no such comp; there are agent, "),
        (("embeddings", "--port", "70000"), "70000 is not in the range 0<=x<=65535"),
        (("embeddings", "--nope"), "no such option"),
        (
            ("embeddings", "--port", "1", "--opea-ports"),
            "mock: --port 1 and --opea-ports both say where; give one of them",
        ),
        (
            ("embeddings", "--set", "X"),
            "--set X: names no value; it is NAME=VALUE, such as LLM_MODEL_ID=mine",
        ),
    ],
    ids=["none", "unknown", "port", "option", "two-ports", "no-value"],
)
def test_what_makes_no_sense_is_one_sentence(refused, words, expected):
    """The exit code is that of a wrong use."""
    code, out, said = refused("mock", *words)

    assert expected in said
    assert (code, out) == (2, "")


def test_ports_beyond_the_last_are_refused(tmp_path):
    """Two comps do not fit on the last port."""
    done = run("mock", "embeddings", "rerankings", "--port", "65535", cwd=tmp_path)

    assert done.returncode == 2
    assert "rerankings: would need port 65536; the last one is 65535" in sentence(done)


def test_every_comp_there_is_can_be_served(tmp_path):
    """All of them at once, each on a port of its own."""
    with started("mock", "--all", "--json", cwd=tmp_path) as mocks:
        urls = mocks.ready()
    known = json.loads(run("comps", "--json", cwd=tmp_path).stdout)["comps"]

    assert sorted(urls) == sorted(comp["id"] for comp in known)
    assert len(set(urls.values())) == len(urls)
