"""A megaservice's file as a compose file.

Form and version follow comps/cores/mega/exporter.py, GenAIComps 8130a3f; unlike there resources may be given without replicas.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.opea.exported import Service, options, services, variables

LIMITS = {"cpu": "cpus", "memory": "memory"}  # Compose has no word for an accelerator here.


def build_docker_compose(input_data: Mapping[str, Any]) -> dict[str, Any]:
    """The compose file of what `read_source` gave."""
    shared = input_data.get("global_envs") or {}
    return {
        "version": "3.8",
        "services": {name: _composed(service, shared) for _, name, service in services(input_data)},
    }


def convert_args_to_command(args: Sequence[Any]) -> str:
    """Arguments as one line; `name:value` and `{name: value}` are a name and its value."""
    words = []
    for each in args:
        if isinstance(each, dict):
            words += [f"{name} {value}" for name, value in each.items()]
        else:
            words.append(str(each).replace(":", " "))
    return " ".join(words)


def convert_resources(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Limits by compose's names."""
    return {LIMITS[name]: value for name, value in resources.items() if name in LIMITS}


def _composed(service: Service, shared: Mapping[str, Any]) -> dict[str, Any]:
    composed: dict[str, Any] = {
        "image": service["image"],
        "ports": list(service.get("ports") or ()),
        "volumes": list(service.get("volumes") or ()),
        "environment": {**shared, **variables(service)},
    }
    deploy: dict[str, Any] = {}
    if "replicas" in service:
        deploy["replicas"] = service["replicas"]
    if "resources" in service:
        deploy["resources"] = {"limits": convert_resources(service["resources"])}
    if deploy:
        composed["deploy"] = deploy
    if "dependencies" in service:
        composed["depends_on"] = list(service["dependencies"])
    if "args" in service:
        composed["command"] = convert_args_to_command(service["args"])
    return {**composed, **options(service)}
