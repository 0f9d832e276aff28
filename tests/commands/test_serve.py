"""`opea-harness serve`: a stack that keeps standing."""

import socket

import httpx
import psutil
import pytest

from harness.processes.child import STOP_LIMIT_S
from tests.commands.command import SMALL, all_gone, run, sentence, started


def test_a_stack_stands_until_its_starter_lets_go(tmp_path):
    """One JSON line when ready; the gateway answers, and with the end of standard input nothing is left."""
    with started("serve", *SMALL, "--json", cwd=tmp_path) as serving:
        urls = serving.ready()
        family = serving.family()
        asked = {"messages": "Where does Line 1 run from and to?", "stream": False}
        answer = httpx.post(urls["gateway"], json=asked, timeout=20).json()
        serving.process.stdin.close()

        assert list(urls) == ["gateway", "guardrail_in", "llm", "traces"]
        assert "Harbour Gate" in answer["choices"][0]["message"]["content"]
        assert serving.ended() == 0
        assert len(family) >= 4
        assert all_gone(family) == []


def test_a_person_sees_every_address_and_how_to_end_it(tmp_path):
    """Ctrl-C is how it ends, so it is no failure."""
    with started("serve", *SMALL, cwd=tmp_path) as serving:
        serving.line("gateway")
        serving.line("Ctrl-C ends it.")
        family = serving.family()
        serving.process.send_signal(2)

        assert serving.ended() == 0
        assert all_gone(family) == []


def test_a_killed_command_leaves_nothing_running(tmp_path):
    """Every process of the stack ends with the one that started it, also when that could not say goodbye."""
    with started("serve", *SMALL, "--json", cwd=tmp_path) as serving:
        urls = serving.ready()
        family = serving.family()
        serving.process.kill()

        assert all_gone(family, STOP_LIMIT_S * 2) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(urls["guardrail_in"])


def test_a_part_that_dies_is_said_and_ends_all(tmp_path):
    """The exit code is that of an environment in which nothing can be proven."""
    with started("serve", *SMALL, "--json", cwd=tmp_path) as serving:
        serving.ready()
        family = serving.family()
        (gateway,) = [each for each in family if "harness.gateway.reference" in each.cmdline()]
        gateway.kill()
        psutil.wait_procs([gateway], timeout=10)

        assert serving.ended() == 4
        assert "gateway ended with code -9; its log tells why" in "".join(serving.said)
        assert all_gone(family) == []


def test_a_port_in_use_is_said(tmp_path):
    """What wanted it, which it is, and the exit code of the environment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", *SMALL, "--port", str(port), "--json", cwd=tmp_path)

    assert done.returncode == 4
    assert f"gateway: port:{port} of host 127.0.0.1 cannot be served: Address already in use" in sentence(
        done
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nope",), "nope: there is no such scenario; there are multimodal, rag"),
        (
            ("rag", "--gateway", "http://127.0.0.1:1"),
            "a gateway of yours stands already; `serve` raises one of ours",
        ),
        (("rag", "--port", "x"), "'x' is not a whole number"),
    ],
    ids=["scenario", "gateway", "port"],
)
def test_what_makes_no_sense_is_one_sentence(refused, words, expected):
    """The exit code is that of a wrong use."""
    code, out, said = refused("serve", *words)

    assert expected in said
    assert (code, out) == (2, "")
