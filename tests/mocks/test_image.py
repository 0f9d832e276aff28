"""mocks/Dockerfile on a real engine: who runs in it, how it ends, and that it takes a service's place in a compose file by one line."""

import shlex
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import yaml

from harness.containers.container import Wanted, running
from harness.containers.engine import LOCAL, connected
from harness.containers.network import private_network
from tests.images.stand_ins.building import Recipe, alone, debian, made

pytestmark = [pytest.mark.needs("docker", "mmdebstrap"), pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
READY_LIMIT_S = 60
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PYTHON = f"""
COPY certificates {CERTIFICATES}
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip \\
    && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
ENV PIP_CERT={CERTIFICATES}
"""  # What python:3.11-slim has, on the Debian that is here, and the certificates by which this machine fetches.
COMPOSE = """
services:
  vllm-server:
    image: opea/vllm:latest
    container_name: vllm-server
    ports: ["8008:80"]
    environment:
      HF_TOKEN: none
      LLM_MODEL_ID: mine/model
      VLLM_TORCH_PROFILER_DIR: /mnt
    healthcheck:
      test: ["CMD-SHELL", "curl -f http://localhost:80/health || exit 1"]
      retries: 100
    command: --model mine/model --host 0.0.0.0 --port 80
"""  # As GenAIComps has it in comps/third_parties/vllm/deployment/docker_compose/compose.yaml.


@pytest.fixture(scope="module")
def engine():
    """The engine of this machine."""
    with connected() as found:
        yield found


@pytest.fixture(scope="module")
def image_of(engine):
    """Return what builds the image of one comp's mock; what has not changed is in the engine's cache."""

    def build(comp):
        with alone("lock-mock"):
            files = {"certificates": Path(CERTIFICATES).resolve()}
            base = made(engine, Recipe(f"{LOCAL}python:3.11", f"FROM {debian(engine)}{PYTHON}", files))
            name = f"{LOCAL}mock:{comp}"
            before = {each.id for each in engine.client.images.list(name)}
            found, _ = engine.client.images.build(
                path=str(ROOT),
                dockerfile="mocks/Dockerfile",
                buildargs={"BASE": base, "COMP": comp},
                tag=name,
                rm=True,
                forcerm=True,
            )
            for old in before - {found.id}:
                with suppress(Exception):  # A container of somebody else's may still be of it.
                    engine.client.images.remove(old)
        return name

    return build


def answered(ask):
    """What is answered, as soon as anything is."""
    until = time.monotonic() + READY_LIMIT_S
    while True:
        try:
            return ask()
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_it_answers_as_nobody_special_and_ends_on_sigterm(engine, image_of, tmp_path):
    """Its first process is the mock itself, which lets go in order; nothing in it is root's to do."""
    wanted = Wanted("mock", image_of("embeddings"), ports=(6000,))
    with running(engine, wanted, tmp_path) as container:
        sent = {"input": "What is Deep Learning?"}
        reply = answered(lambda: httpx.post(f"{container.url(6000)}/v1/embeddings", json=sent))
        user = container.run(["id", "--user", "--name"])
        first = container.run(["cat", "/proc/1/cmdline"])[1].split("\0")
        began_s = time.monotonic()
        container.signal("TERM")
        ended = container.inner.wait(timeout=20)
        took_s = time.monotonic() - began_s

    assert len(reply.json()["data"][0]["embedding"]) == 768
    assert user == (0, "user\n")
    assert any(word.endswith("opea-harness") for word in first)
    assert (ended["StatusCode"], took_s < 10) == (0, True)


def test_a_service_of_a_compose_file_is_swapped_by_one_line(engine, image_of, tmp_path):
    """Name, port, environment, command and health check stay as they were written for the real server."""
    swapped = COMPOSE.replace("opea/vllm:latest", image_of("third_parties.vllm"))
    changed = [old for old, new in zip(COMPOSE.splitlines(), swapped.splitlines(), strict=True) if old != new]
    service = yaml.safe_load(swapped)["services"]["vllm-server"]
    inside = int(service["ports"][0].rpartition(":")[2])
    with private_network(engine) as network:
        wanted = Wanted(
            service["container_name"],
            service["image"],
            environment=service["environment"],
            ports=(inside,),
            network=network,
            aliases=("vllm-server",),
            command=tuple(shlex.split(service["command"])),
        )
        client = Wanted("client", image_of("embeddings"), network=network)
        with running(engine, wanted, tmp_path) as container, running(engine, client, tmp_path) as other:
            models = answered(lambda: httpx.get(f"{container.url(inside)}/v1/models")).json()
            healthy, _ = container.run(["sh", "-c", service["healthcheck"]["test"][1]])
            code, by_name = other.run(["curl", "-sS", "--max-time", "20", "http://vllm-server:80/v1/models"])

    assert changed == ["    image: opea/vllm:latest"]
    assert [each["id"] for each in models["data"]] == ["mine/model"]
    assert healthy == 0
    assert (code, "mine/model" in by_name) == (0, True)
