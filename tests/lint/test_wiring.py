"""Who calls whom."""

import pytest

from harness.lint.compose import read_compose
from harness.lint.megaservice import read_megaservice
from harness.lint.wiring import answering, backend, calls, node_calls, shown
from tests.lint.graphs import megaservice, node

STACK = """\
services:
  chat:
    image: x
    environment:
      A: {}
  llm:
    image: y
    ports: ["8008:11434"]
"""


@pytest.fixture
def stack(write):
    """Read the stack with this setting."""

    def read(setting, more="", given=None):
        (path,) = write({"c.yaml": STACK.format(setting).replace("\n  llm:", f"{more}\n  llm:")})
        return read_compose([path], given or {})

    return read


@pytest.mark.parametrize(
    ("setting", "host", "port", "is_machine"),
    [
        ("http://llm:80/v1", "llm", "80", False),
        ("postgresql+psycopg2://user:pass@db:5432/x", "db", "5432", False),
        ("redis://${H:-cache}", "cache", None, False),
        ("http://${host_ip}:80", "<host_ip>", "80", True),
        ("http://${LLM_HOST_IP}:80", "<LLM_HOST_IP>", "80", False),
        ("http://host.docker.internal:80", "host.docker.internal", "80", True),
        ("http://localhost:${PORT}", "localhost", None, False),
    ],
)
def test_a_url_is_a_call(stack, setting, host, port, is_machine):
    """Its host and port, as far as they are known; the machine is known by its names."""
    compose = stack(setting)
    (call,) = calls(compose, compose.services["chat"])

    assert (call.host, call.port, call.is_machine, call.what) == (host, port, is_machine, "A")
    assert call.spot.line == 5


def test_a_host_and_a_port_of_one_stem_are_a_call(stack):
    """As megaservices are given them."""
    compose = stack(
        "b", "\n      LLM_SERVER_HOST_IP: llm\n      LLM_SERVER_HOST_PORT: 1\n      LLM_SERVER_PORT: 9"
    )
    (call,) = calls(compose, compose.services["chat"])

    assert (call.host, call.port, call.is_plain) == ("llm", "9", True)


def test_what_is_no_address_is_no_call(stack):
    """A plain setting, a number for a host."""
    compose = stack("b", "\n      MY_IP: 10.0.0.1\n      N:")

    assert list(calls(compose, compose.services["chat"])) == []


def test_the_service_that_runs_a_megaservice_is_given_what_its_nodes_read(stack, write):
    """None where no service is: then it runs beside the stack."""
    (path,) = write(
        {"m.py": megaservice(node("llm", host='os.getenv("A", "0.0.0.0")', port="11434"), "mega.add(llm)")}
    )
    found = read_megaservice(path)
    compose, other = stack("llm"), stack("b", more="\n      B: 1")
    other.services["chat"].environment.pop("A")
    runs_in = backend(compose, found)
    inside = [call for _, call in node_calls(compose, found, runs_in)]
    outside = [call for _, call in node_calls(other, found, backend(other, found))]

    assert runs_in is compose.services["chat"]
    assert [(call.host, call.port, call.spot.line) for call in inside] == [("llm", "11434", 5)]
    assert [(call.host, call.is_machine, call.spot.line) for call in outside] == [("0.0.0.0", True, 4)]


def test_a_call_is_answered_by_name_or_by_port(stack):
    """The machine's port leads into the container; the container's own is what somebody meant."""
    by_name, by_port, by_own, nobody = (
        next(calls(compose, compose.services["chat"]))
        for compose in (
            stack("http://llm:1"),
            stack("http://${host_ip}:8008"),
            stack("http://${host_ip}:11434"),
            stack("http://${host_ip}:1"),
        )
    )
    compose = stack("b")

    assert [answering(compose, call) for call in (by_name, by_port, by_own, nobody)] == [
        compose.services["llm"],
        compose.services["llm"],
        compose.services["llm"],
        None,
    ]


def test_a_port_that_many_have_of_their_own_tells_nothing(stack):
    """Every model server listens on 80."""
    compose = stack("http://${host_ip}:11434", more="\n    ports: ['1:11434']")

    assert answering(compose, next(calls(compose, compose.services["chat"]))) is None


def test_variables_that_nothing_gives_are_shown():
    """Those that only a shell knows, too."""
    assert shown("${A}:${B:-1}:$C:$D", {"C": None, "D": "d"}) == "<A>:1:<C>:d"
