"""Looks at a megaservice file: runs it, in a process of its own, until it wants to serve, and reads what it has built."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.errors import ScenarioError, StackError
from harness.gateway.environment import Environment
from harness.gateway.launch import launch
from harness.gateway.seen import MegaserviceFile, Seen
from harness.megaservice import Node
from harness.owner import this_process
from harness.processes.child import Child

SCRIPT = "harness.gateway.script"
SERVE_LIMIT_S = 60.0  # Imports of a large library take half of that on a slow disk.
LONGER_S = 10.0
# Its own address, where it demands to be told of it (as AvatarChatbot does); where it serves is decided when it is made.
OWN = {"MEGA_SERVICE_HOST_IP": "127.0.0.1", "MEGA_SERVICE_PORT": "8888"}


async def look(
    file: Path, arguments: Sequence[str], engine: str, opea: Environment | None
) -> MegaserviceFile:
    """The file and what it builds.

    Raises ScenarioError, with file and line, for one that is not fit to be run; nothing of it is left running then or later.
    """
    path = found(file)
    how = launch(SCRIPT, opea if engine == "opea" else None)
    told = configuration(path, arguments, engine, opea)
    with tempfile.TemporaryDirectory(prefix=this_process().prefix) as folder:
        child = await Child.start(path.name, how.argv, Path(folder) / "log", python=how.python)
        try:
            await child.configure({**told, "look": True})
            ready = await child.ready(SERVE_LIMIT_S + LONGER_S)
        except StackError as error:
            if child.exit_code is None:
                raise
            raise ScenarioError(f"{path.parent}/{error}") from error  # It begins with the file's name.
        finally:
            await child.stop()
    return MegaserviceFile(path, tuple(arguments), Seen.of_json(ready["seen"]))


def found(file: Path) -> Path:
    """The file's absolute path; raises ScenarioError where there is no file."""
    path = file.expanduser().absolute()
    if not path.is_file():
        raise ScenarioError(f"--megaservice {file}: there is no such file")
    return path


def configuration(
    path: Path, arguments: Sequence[str], engine: str, opea: Environment | None
) -> dict[str, Any]:
    """What the process that runs a file is told, whatever it is run for."""
    return {
        "file": str(path),
        "arguments": list(arguments),
        "engine": engine,
        "look": False,
        "packages": str(opea.packages) if opea and engine == "reference" else "",
        "variables": {},
        "nodes": {},
        "policies": {},
        "port": 0,
        "otlp": None,
        "run_id": "",
        "limit_s": SERVE_LIMIT_S,
    }


def serving(
    file: MegaserviceFile,
    engine: str,
    opea: Environment | None,
    nodes: Sequence[Node],
    places: Mapping[str, tuple[str, int]],
) -> dict[str, Any]:
    """What the process is told that serves the file, with its nodes at these addresses.

    Our engine is told each node's limits too, which opea-comps knows none of.
    """
    own = {name: value for name, value in OWN.items() if name in file.seen.needed}
    variables = {**own, **file.seen.variables(places)}
    told = configuration(file.path, file.arguments, engine, opea)
    return {
        **told,
        "variables": variables,
        "nodes": {name: list(place) for name, place in places.items()},
        "policies": {node.name: {"comp": node.comp, "limits": asdict(node.limits)} for node in nodes},
    }
