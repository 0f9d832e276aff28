"""Compose files of our own, in the shape of GenAIExamples', and what reads them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from harness.compose.asked import Asked
from harness.compose.reading import read_project
from harness.discovery import COMP, discover
from tests.containers.ours import left_as_found

DATA = Path(__file__).parents[1] / "data" / "compose"
CHATQNA = """\
services:
  tei-embedding-service:
    image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.7
    container_name: tei-embedding-server
    ports: ["6006:80"]
    ipc: host
    command: --model-id ${EMBEDDING_MODEL_ID:-a/model} --auto-truncate
  tei-reranking-service:
    image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.7
    ports: ["8808:80"]
  retriever:
    image: ${REGISTRY:-opea}/retriever:${TAG:-latest}
    restart: unless-stopped
    ports: ["7000:7000"]
  dataprep:
    image: ${REGISTRY:-opea}/dataprep:${TAG:-latest}
    ports: ["6007:5000"]
  vllm-service:
    image: opea/vllm:latest
    ports: ["9009:80"]
  chatqna-backend-server:
    image: opea/chatqna:latest
    ports: ["8888:8888"]
    depends_on:
      retriever: {condition: service_started}
      vllm-service: {condition: service_healthy}
    environment:
      - no_proxy=${no_proxy}
      - MEGA_SERVICE_HOST_IP=chatqna-backend-server
      - EMBEDDING_SERVER_HOST_IP=tei-embedding-service
      - EMBEDDING_SERVER_PORT=80
      - RETRIEVER_SERVICE_HOST_IP=retriever
      - RERANK_SERVER_HOST_IP=tei-reranking-service
      - RERANK_SERVER_PORT=${RERANK_SERVER_PORT:-80}
      - LLM_SERVER_HOST_IP=${host_ip}
      - LLM_SERVER_PORT=9009
  chatqna-nginx-server:
    image: opea/nginx:latest
    ports: ["${NGINX_PORT:-80}:80"]
    depends_on: [chatqna-backend-server]
    environment:
      - BACKEND_SERVICE_IP=chatqna-backend-server
      - DATAPREP_SERVICE_IP=dataprep
"""


@pytest.fixture(scope="session")
def comps():
    """All comps."""
    return discover(COMP, ())


@pytest.fixture
def read(tmp_path, comps):
    """Reads a text as a compose file; further words are those of `Asked`."""

    def reading(text=CHATQNA, **asked):
        path = tmp_path / "compose.yaml"
        path.write_text(text)
        return read_project(Asked((path,), **asked), comps)

    return reading


@pytest.fixture
def resolver(tmp_path):
    """What resolves a service `web` of these lines, two spaces deep."""
    from harness.compose.resolving import Resolver
    from harness.lint.compose import read_compose

    def made(lines, values=(), addresses=()):
        path = tmp_path / "compose.yaml"
        path.write_text(
            "services:\n  web:\n" + "".join(f"    {line}\n" for line in lines.strip().splitlines())
        )
        service = read_compose([path], dict(values)).services["web"]
        return Resolver(service, dict(values), frozenset(addresses))

    return made


@pytest.fixture
def engine():
    """The engine, on which nothing of ours may be left."""
    with left_as_found() as found:
        yield found


@pytest.fixture
def chatqna(comps, engine):
    """The project of our own compose file: its megaservice in a container, all else mocks."""
    file = DATA / "compose.yaml"
    services = ("tei-embedding-service", "tei-reranking-service", "retriever", "dataprep", "vllm-service")
    return read_project(Asked((file,), places=dict.fromkeys(services, "mock")), comps)


@pytest.fixture
def stacked(engine, comps, tmp_path):
    """Raise a project as a stack, do something with it, and give what that came to."""

    def stand(project, do):
        from harness.client import Client
        from harness.compose.graph import graph_of
        from harness.compose.stack import stack_of
        from harness.composition.images import ImageMap
        from harness.discovery import SCENARIO
        from harness.generic import scenario_for
        from harness.progress import Silent
        from harness.stack.stack import Keeping
        from harness.stack.where import Where

        graph = graph_of(project, DATA / "compose.yaml")
        chosen = {node: project.parts[name].comp.id for node, name in graph.parts.items()}
        scenario = scenario_for(graph.file, discover(SCENARIO, ()), comps, chosen)
        images = ImageMap({"opea/chatqna:latest": engine.image})
        where = Where(
            images=images, jaeger="none", boot_limit_s=15, project=replace(project, nodes=graph.parts)
        )

        async def go():
            client = Client()
            try:
                async with stack_of(scenario, where, Keeping(tmp_path / "logs"), Silent(), client) as stack:
                    return await do(stack)
            finally:
                await client.close()

        return asyncio.run(go())

    return stand
