"""What a megaservice's file says for export: images, ports and variables of its services, as data.

Keys follow comps/cores/mega/exporter.py, GenAIComps 8130a3f.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import ScenarioError

Service = Mapping[str, Any]

KINDS = ("micro_services", "mega_service")
VARIABLE = re.compile(r"\$\{\w+\}", re.ASCII)


def read_source(path: Path) -> dict[str, Any]:
    """The file with its variables put in; ScenarioError for one that cannot be read."""
    import yaml

    try:
        data = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict) or not any(data.get(kind) for kind in KINDS):
        raise ScenarioError(f"{path}: names no service; {' and '.join(KINDS)} are lists of them")
    replaced: dict[str, Any] = replace_env_vars(data)
    return replaced


def replace_env_vars(data: Any) -> Any:
    """The same data with each text `${NAME}` replaced by the process's variable of that name, by "" where there is none."""
    if isinstance(data, dict):
        return {key: replace_env_vars(value) for key, value in data.items()}
    if isinstance(data, list):
        return [replace_env_vars(each) for each in data]
    if isinstance(data, str) and VARIABLE.fullmatch(data):
        value = os.path.expandvars(data)  # What this is for; nothing else in the engine reads variables.
        return "" if value == data else value
    return data


def services(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Service]]:
    """Each service's kind, name and settings; ScenarioError for one without name or image, and for a name given twice."""
    seen = set[str]()
    for kind in KINDS:
        for place, service in enumerate(data.get(kind) or (), 1):
            if not isinstance(service, dict) or not (service.get("service_name") and service.get("image")):
                raise ScenarioError(
                    f"{kind}: number {place} has no service_name or no image; a service has both"
                )
            name = str(service["service_name"])
            if name in seen:
                raise ScenarioError(f"{kind}: {name} is there twice; names must differ")
            seen.add(name)
            yield kind, name, service


def variables(service: Service) -> dict[str, Any]:
    """A service's own variables, which may be given as objects or as pairs."""
    own: dict[str, Any] = {}
    for each in service.get("envs") or ():
        own.update(dict([each]) if isinstance(each, list) else each)
    return own


def options(service: Service) -> dict[str, Any]:
    """What is said of a container beside its image; `cap_add` is a list."""
    given = {key: value for option in service.get("options") or () for key, value in option.items()}
    if isinstance(given.get("cap_add"), str):
        given["cap_add"] = [given["cap_add"]]
    return given
