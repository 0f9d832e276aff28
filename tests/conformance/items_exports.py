"""Exporters (tests/cores/mega/test_docker_compose.py, test_export_k8s.py, GenAIComps 8130a3f), on a file of our own."""

import tempfile
from pathlib import Path

MEGA = """
global_envs:
  LLM_MODEL_ID: a-model
micro_services:
  - service_name: embedding-dependency
    image: org/embedding:1.0
    ports: ["6006:80"]
    volumes: ["./data:/data"]
    replicas: 1
    args: [--auto-truncate, {"--port": 80}]
    resources: {cpu: 4, memory: 8Gi}
mega_service:
  - service_name: chat
    image: org/chat:1.0
    ports: ["8888:8888"]
    node_ports: ["30888"]
    envs: [{LLM_SERVER_HOST_IP: llm}]
"""


def exported(name):
    """The documents that an exporter of this name writes."""
    import yaml
    from comps.cores.mega import exporter

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "mega.yaml", Path(folder) / "out.yaml"
        source.write_text(MEGA)
        getattr(exporter, name)(str(source), str(target))
        return [each for each in yaml.safe_load_all(target.read_text()) if each]


def item_57_compose():
    """Version 3.8, with each service, its image and its ports."""
    (compose,) = exported("convert_to_docker_compose")
    services = compose["services"]
    assert compose["version"] == "3.8"
    assert {name: each["image"] for name, each in services.items()} == {
        "embedding-dependency": "org/embedding:1.0",
        "chat": "org/chat:1.0",
    }
    assert services["chat"]["ports"] == ["8888:8888"]
    assert services["chat"]["environment"] == {"LLM_MODEL_ID": "a-model", "LLM_SERVER_HOST_IP": "llm"}


def item_58_kubernetes():
    """A ConfigMap, then for each service a Deployment of its image and a Service of its ports."""
    documents = exported("convert_to_manifests")
    kinds = {(each["kind"], each["metadata"]["name"]): each for each in documents}
    assert set(kinds) == {
        ("ConfigMap", "qna-config"),
        ("Deployment", "embedding-dependency-deploy"),
        ("Service", "embedding-dependency"),
        ("Deployment", "chat-deploy"),
        ("Service", "chat"),
    }
    pod = kinds["Deployment", "embedding-dependency-deploy"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert (container["image"], container["args"]) == (
        "org/embedding:1.0",
        ["--auto-truncate", "--port", "80"],
    )
    service = kinds["Service", "chat"]["spec"]
    assert service["type"] == "NodePort"
    assert service["ports"] == [{"name": "port1", "port": 8888, "targetPort": 8888, "nodePort": 30888}]
