"""A megaservice's file as manifests of Kubernetes: one ConfigMap, and a Deployment and a Service for each service.

Form and defaults follow comps/cores/mega/exporter.py, GenAIComps 8130a3f. Unlike there `replicas` counts, and a service whose variable
differs from the ConfigMap's, because another service sets it too, gets its own value in its container.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import ScenarioError
from harness.opea.exported import Service, services, variables

CONFIG_MAP, CONFIG_MAP_NAME = "config_map", "qna-config"
ACCELERATOR = "habana.ai/gaudi"
OUTPUT = "E2E_manifest.yaml"
TYPES = {"micro_services": "ClusterIP", "mega_service": "NodePort"}

Manifest = dict[str, Any]


def extract_service_configs(input_data: Mapping[str, Any]) -> dict[str, Any]:
    """All variables under `config_map`, and each service by name: the megaservice first, as upstream has it."""
    shared = input_data.get("global_envs") or {}
    found = sorted(services(input_data), key=lambda each: each[0])
    configs: dict[str, Any] = {
        name: {**service, "type": TYPES[kind], "environment": {**shared, **variables(service)}}
        for kind, name, service in found
    }
    if CONFIG_MAP in configs:
        raise ScenarioError(f"{CONFIG_MAP}: is no name for a service; the shared variables have it")
    own = (variables(service) for _, _, service in found)
    merged = dict(shared)
    for each in own:
        merged.update(each)
    return {CONFIG_MAP: {key: str(value) for key, value in merged.items()}, **configs}


def build_configmap(all_configs: Mapping[str, Any], output_file: str = OUTPUT) -> None:
    """Begin a file with the ConfigMap."""
    save([config_map(all_configs)], output_file, anew=True)


def build_deployment_and_service(all_configs: Mapping[str, Any], output_file: str = OUTPUT) -> None:
    """Add every Deployment and Service to a file."""
    save(deployments_and_services(all_configs), output_file, anew=False)


def save(manifests: Iterable[Manifest], output_file: str, *, anew: bool) -> None:
    """Write manifests, in the place of what the file holds or behind it."""
    import yaml

    with Path(output_file).open("w" if anew else "a", encoding="utf-8") as file:
        yaml.safe_dump_all(manifests, file, explicit_start=True)


def config_map(all_configs: Mapping[str, Any]) -> Manifest:
    """The variables of all services."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": CONFIG_MAP_NAME, "namespace": "default"},
        "data": all_configs[CONFIG_MAP],
    }


def deployments_and_services(all_configs: Mapping[str, Any]) -> list[Manifest]:
    """A Deployment of each service, and a Service where it has ports."""
    manifests: list[Manifest] = []
    for name, service in all_configs.items():
        if name != CONFIG_MAP:
            ports = [_port(name, str(each)) for each in service.get("ports") or ()]
            manifests.append(_deployment(name, service, ports, all_configs[CONFIG_MAP]))
            if ports:
                manifests.append(_service(name, service, ports))
    return manifests


def _deployment(
    name: str, service: Service, ports: list[tuple[int, int]], shared: Mapping[str, str]
) -> Manifest:
    labels = {"app": f"{name}-deploy"}
    volumes, mounts = _volumes(name, service)
    container = {
        "name": labels["app"],
        "image": service["image"],
        "imagePullPolicy": "IfNotPresent",
        "envFrom": [{"configMapRef": {"name": CONFIG_MAP_NAME}}],
        "env": _own_variables(service, shared),
        "args": _arguments(service),
        # In a set's order, as upstream's: of numbers it is the same each time.
        "ports": [{"containerPort": port} for port in {target for _, target in ports}],
        "resources": _resources(service),
        "volumeMounts": mounts,
    }
    pod = {
        "nodeSelector": {"node-type": "opea"},
        "topologySpreadConstraints": [_spread(labels)],
        "hostIPC": True,
        "serviceAccountName": "default",
        "containers": [_said(container)],
        "volumes": volumes,
    }
    annotations = {"sidecar.istio.io/rewriteAppHTTPProbers": "true"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": labels["app"], "namespace": "default"},
        "spec": {
            "replicas": service.get("replicas", 1),
            "selector": {"matchLabels": dict(labels)},
            "template": {
                "metadata": {"annotations": annotations, "labels": dict(labels)},
                "spec": _said(pod),
            },
        },
    }


def _service(name: str, service: Service, ports: list[tuple[int, int]]) -> Manifest:
    told: list[dict[str, Any]] = [
        {"name": f"port{place}", "port": port, "targetPort": target}
        for place, (port, target) in enumerate(ports, 1)
    ]
    for each, node_port in zip(told, service.get("node_ports") or (), strict=False):
        each["nodePort"] = int(node_port)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"type": service["type"], "selector": {"app": f"{name}-deploy"}, "ports": told},
    }


def _spread(labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(labels)},
    }


def _port(name: str, text: str) -> tuple[int, int]:
    outside, _, inside = text.rpartition(":")
    if not (inside.isdigit() and (outside or inside).isdigit()):
        raise ScenarioError(f"{name}: the port {text!r} is none; it is one such as '8090:80'")
    return int(outside or inside), int(inside)


def _volumes(name: str, service: Service) -> tuple[list[Any], list[Any]]:
    """Volumes and where they are mounted; with any of them comes shared memory."""
    volumes, mounts = [], []
    for place, text in enumerate(service.get("volumes") or (), 1):
        source, colon, target = str(text).partition(":")
        if not (source and colon and target) or ":" in target:
            raise ScenarioError(f"{name}: the volume {text!r} is none; it is one such as '/mnt/models:/data'")
        volumes.append({"name": f"volume{place}", "hostPath": {"path": source, "type": "Directory"}})
        mounts.append({"name": f"volume{place}", "mountPath": target})
    if volumes:
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}})
        mounts.append({"name": "shm", "mountPath": "/dev/shm"})  # noqa: S108 - a path in the container
    return volumes, mounts


def _own_variables(service: Service, shared: Mapping[str, str]) -> list[dict[str, str]]:
    own = {key: str(value) for key, value in service["environment"].items()}
    return [{"name": key, "value": value} for key, value in own.items() if shared[key] != value]


def _arguments(service: Service) -> list[str]:
    told: list[str] = []
    for each in service.get("args") or ():
        told += (
            [str(word) for pair in each.items() for word in pair] if isinstance(each, dict) else [str(each)]
        )
    return told


def _resources(service: Service) -> dict[str, Any]:
    """What a service asks for; with an accelerator it is a limit, because Kubernetes asks so of accelerators."""
    given = service.get("resources") or {}
    wanted = {name: given[name] for name in ("cpu", "memory") if given.get(name)}
    if given.get("hpu"):
        return {"limits": {**wanted, ACCELERATOR: given["hpu"]}}
    return {"requests": wanted} if wanted else {}


def _said(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {key: value for key, value in document.items() if value or value == 0}
