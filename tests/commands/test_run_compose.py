"""`run --compose FILE` on the real ServiceOrchestrator: some services are containers, some are mocks."""

import json

import pytest

from harness.containers.engine import connected
from tests.commands.command import run
from tests.images.stand_ins import broken, gateway

FILE = """\
services:
  tei:
    image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.7
    ports: ["6006:80"]
  embedding:
    image: ${REGISTRY:-opea}/embedding:${TAG:-latest}
    container_name: embedding-server
    ports: ["6000:6000"]
    environment: {TEI_EMBEDDING_ENDPOINT: "http://tei:80"}
  retriever: {image: opea/retriever, ports: ["7000:7000"]}
  dataprep: {image: opea/dataprep, ports: ["6007:5000"]}
  rerank: {image: opea/reranking, ports: ["8000:8000"]}
  llm: {image: opea/vllm, ports: ["9009:80"]}
  backend:
    image: opea/chatqna
    ports: ["8888:8888"]
    depends_on: [embedding]
    environment:
      - EMBEDDING_SERVICE_HOST_IP=embedding-server
      - EMBEDDING_SERVICE_PORT=6000
      - RETRIEVER_SERVICE_HOST_IP=${host_ip}
      - RETRIEVER_SERVICE_PORT=7000
      - RERANK_SERVICE_HOST_IP=rerank
      - RERANK_SERVICE_PORT=8000
      - LLM_SERVICE_HOST_IP=llm
      - LLM_SERVICE_PORT=80
"""


@pytest.mark.needs("docker", "opea")
@pytest.mark.timeout(420)
def test_a_compose_file_is_run_like_any_scenario(tmp_path):
    """Its hops are seen through their wires, its nodes are called by what its traces call them, its images are told."""
    (tmp_path / "compose.yaml").write_text(FILE)
    with connected() as engine:
        images = {"opea/chatqna:latest": gateway.build(engine), "opea/embedding:latest": broken.build(engine)}
    (tmp_path / "images.json").write_text(json.dumps(images))
    mocks = [
        word
        for name in ("tei", "retriever", "dataprep", "rerank", "llm")
        for word in ("--node", f"{name}=mock")
    ]

    done = run(
        *(
            "run",
            "--compose",
            "compose.yaml",
            *mocks,
            "--image-map",
            "images.json",
            "--only",
            "chaos",
            "--faults",
            "noop",
            "--json",
        ),
        cwd=tmp_path,
        limit_s=400,
    )
    report = json.loads(done.stdout)

    assert (done.returncode, report["verdict"]) == (0, "holds"), done.stderr
    assert {node["node"]: node["calls"] > 0 for node in report["nodes"]} == dict.fromkeys(
        ("embedding", "retriever", "rerank", "llm"), True
    )
    assert {each["name"]: each["where"] for each in report["graph"]}["embedding"].endswith(
        " for opea/embedding:latest"
    )
