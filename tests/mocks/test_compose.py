"""mocks/compose.yaml, mocks/Dockerfile and mocks/serve.sh: every comp's mock by OPEA's own service name and port, without Docker."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from harness.discovery import COMP, discover
from tests.commands.command import started

ROOT = Path(__file__).parents[2]
COMPS = discover(COMP)
OPEA = json.loads((ROOT / "tests/data/compose_services.json").read_text())["folders"]
PUBLISHED = {name: ports for services in OPEA.values() for name, ports in services.items()}
SERVICES = yaml.safe_load((ROOT / "mocks/compose.yaml").read_text())["services"]
NOT_IN_COMPOSE = {
    "agent": "no compose file of comps/agent was found to publish its port",
    "agent-rag": "another strategy of the same image",
    "agent-react-llama": "another strategy of the same image",
    "language-detection-standalone": "another mode of the same image",
    "lm-eval": "no compose file of comps/llms was found to publish its port",
    "router": "no compose file of comps/router was found to publish its port",
    "llama-vision-guard-service": "no compose file of comps/third_parties was found to publish its port",
    "llama-vision-tp-service": "no compose file of comps/third_parties was found to publish its port",
    "llama-vision-worker-service": "no compose file of comps/third_parties was found to publish its port",
}


def mapping(service):
    """The port on the host, as it is written, and the one in the container."""
    (port,) = service["ports"]
    host, _, inside = port.rpartition(":")
    return host, int(inside)


def test_every_comp_has_one_service_and_every_service_a_comp():
    """By the image's tag, which is the comp that it is built for."""
    built = [service["build"]["args"]["COMP"] for service in SERVICES.values()]

    assert sorted(built) == sorted(COMPS)
    assert [service["image"] for service in SERVICES.values()] == [
        f"opea-harness/mock:{name}" for name in built
    ]
    assert {(s["build"]["context"], s["build"]["dockerfile"]) for s in SERVICES.values()} == {
        ("..", "mocks/Dockerfile")
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_opeas_name_and_ports(name):
    """The comp's own port in the container, OPEA's variable and default on the host; or a reason why there is none."""
    service = SERVICES[name]
    host, inside = mapping(service)

    assert inside == COMPS[service["build"]["args"]["COMP"]].port
    assert service["profiles"] == [name]
    if name in NOT_IN_COMPOSE:
        assert name not in PUBLISHED
        return
    assert host in {re.match(r"\$\{\w+:-\d+\}|\d+", port).group() for port in PUBLISHED[name]}


def test_the_image_has_all_that_the_mocks_need():
    """Every package of the wheel, what builds it, curl for OPEA's health checks, and another user than root."""
    lines = (ROOT / "mocks/Dockerfile").read_text().splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in shlex.split(line)[1:-1]}
    project = (ROOT / "pyproject.toml").read_text()
    packages = json.loads(re.search(r"^packages = (\[.*\])$", project, re.MULTILINE).group(1))

    assert copied == {*packages, "pyproject.toml", "README.md", "LICENSE", "constraints.txt"}
    assert all((ROOT / each).exists() for each in copied)
    assert "USER user" in lines
    assert any("curl" in line for line in lines)
    assert lines[-1] == 'ENTRYPOINT ["sh", "/opt/opea-harness/mocks/serve.sh"]'


@pytest.fixture
def served(tmp_path):
    """Return what runs the image's own script as a container would, and gives what it called `opea-harness` with."""
    fake = tmp_path / "opea-harness"
    fake.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n')
    fake.chmod(0o755)

    def run(*words, **environment):
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", str(ROOT / "mocks/serve.sh"), *words],
            env={"PATH": path, **environment},
            capture_output=True,
            check=False,
            timeout=20,
        )
        return done.returncode, done.stdout.decode().split("\0")[:-1], done.stderr.decode()

    return run


def test_what_a_compose_file_gives_the_real_server_is_passed_over_or_a_setting(served):
    """Its command means nothing to a mock; its environment is the comp's, whatever stands in it."""
    awkward = 'two\nlines "and" $(quotes)'
    _, words, _ = served("--model-id", "x", OPEA_MOCK_COMP="llms.text_generation", LLM_MODEL_ID=awkward)

    assert words[:4] == ["mock", "llms.text_generation", "--host", "0.0.0.0"]
    assert words[4] == "--opea-ports"
    assert "--model-id" not in words
    assert f"LLM_MODEL_ID={awkward}" in words


def test_a_port_that_the_environment_moves_is_given(served):
    """OPEA's bridgetower listens where EMBEDDER_PORT says."""
    _, words, _ = served(OPEA_MOCK_COMP="third_parties.bridgetower", OPEA_MOCK_PORT="12400")

    assert words[2:6] == ["--host", "0.0.0.0", "--port", "12400"]


def test_without_a_comp_the_script_says_so(served):
    """One sentence."""
    code, words, said = served()

    assert (code != 0, words) == (True, [])
    assert "OPEA_MOCK_COMP is not set; it names the comp, such as embeddings" in said


def test_the_command_serves_on_that_address_with_those_settings(tmp_path):
    """The very words of the script, but for the address: a test listens on loopback alone."""
    comp, port = "third_parties.vllm", "0"
    words = ("mock", comp, "--host", "127.0.0.1", "--port", port, "--set", "LLM_MODEL_ID=mine", "--json")
    with started(*words, cwd=tmp_path) as mocks:
        models = httpx.get(f"{mocks.ready()[comp]}/v1/models").json()

    assert [each["id"] for each in models["data"]] == ["mine"]
