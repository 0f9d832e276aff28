"""`install()`: in this process, `import comps` and every module under it give the reference engine.

An unmodified megaservice file then runs on it. What the engine does not have is told by name when it is asked for.
Which names each module gives are facts of comps/, GenAIComps 8130a3f.
"""

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from harness.errors import UsageError

# Where the names of each module are; one without a place is a package that holds others.
PLACES: Mapping[str, str] = {
    "comps": "harness.opea",
    "comps.version": "harness.opea.version",
    "comps.cores": "",
    "comps.cores.common": "",
    "comps.cores.common.component": "harness.opea.components",
    "comps.cores.mcp": "",
    "comps.cores.mcp.client": "harness.opea.mcp.client",
    "comps.cores.mcp.config": "harness.opea.mcp.config",
    "comps.cores.mcp.manager": "harness.opea.mcp.toolbox",
    "comps.cores.mcp.tool": "harness.opea.mcp.tool",
    "comps.cores.mega": "",
    "comps.cores.mega.base_statistics": "harness.opea.statistics",
    "comps.cores.mega.constants": "harness.opea.constants",
    "comps.cores.mega.dag": "harness.opea.dag",
    "comps.cores.mega.exporter": "harness.opea.exporter",
    "comps.cores.mega.http_service": "harness.opea.microservice",
    "comps.cores.mega.logger": "harness.opea.logger",
    "comps.cores.mega.micro_service": "harness.opea.microservice",
    "comps.cores.mega.orchestrator": "harness.opea.orchestrator",
    "comps.cores.mega.orchestrator_with_yaml": "harness.opea.orchestrator_with_yaml",
    "comps.cores.mega.utils": "harness.opea.messages",
    "comps.cores.proto": "",
    "comps.cores.proto.api_protocol": "harness.opea.proto.api_protocol",
    "comps.cores.proto.docarray": "harness.opea.proto.docarray",
    "comps.cores.telemetry": "",
    "comps.cores.telemetry.opea_telemetry": "harness.opea.telemetry",
}


def install() -> None:
    """Let `comps` be the reference engine from now on; a second time does nothing.

    Raises UsageError where another `comps` has been imported: whoever did so would keep it.
    """
    if FINDER in sys.meta_path:
        return
    if "comps" in sys.modules:
        where = getattr(sys.modules["comps"], "__file__", None) or "an unknown place"
        raise UsageError(
            f"comps: is imported already, from {where}; harness.opea.install() comes before its first import"
        )
    sys.meta_path.insert(0, FINDER)


def uninstall() -> None:
    """Undo `install`: the next `import comps` finds what it would have found without it."""
    if FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(FINDER)
    for name in [name for name in sys.modules if _is_comps(name)]:
        del sys.modules[name]


class Finder(MetaPathFinder, Loader):
    """Finds `comps` and all under it, and makes its modules; an importer in the sense of `sys.meta_path`."""

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module of this name; ModuleNotFoundError for one of `comps` that the engine has not."""
        if not _is_comps(fullname):
            return None
        if fullname not in PLACES:
            raise ModuleNotFoundError(_lacking(fullname, PLACES), name=fullname)
        return ModuleSpec(fullname, self, origin=PLACES[fullname] or None, is_package=bool(_under(fullname)))

    def create_module(self, _spec: ModuleSpec) -> ModuleType | None:
        """None: an ordinary module will do."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Give the module the names of its place, and words for all others."""
        name = module.__name__
        given = _names(PLACES[name])

        def missing(asked: str) -> Any:
            if f"{name}.{asked}" in PLACES:
                return importlib.import_module(f"{name}.{asked}")
            if asked.startswith("__"):  # Python's own questions, which have a no for an answer.
                raise AttributeError(asked)
            raise ImportError(_lacking(f"{name}.{asked}", [*given, *_under(name)]), name=name)

        vars(module).update(given, __getattr__=missing)


FINDER = Finder()


def _is_comps(name: str) -> bool:
    return name == "comps" or name.startswith("comps.")


def _under(name: str) -> list[str]:
    """The modules right under one."""
    return [each.removeprefix(f"{name}.") for each in PLACES if each.rpartition(".")[0] == name]


def _names(place: str) -> dict[str, Any]:
    if not place:
        return {}
    found = vars(importlib.import_module(place))
    names = found.get("__all__") or [name for name in found if not name.startswith("_")]
    return {name: found[name] for name in names}


def _lacking(asked: str, given: Mapping[str, Any] | Sequence[str]) -> str:
    from difflib import get_close_matches

    short = asked.rpartition(".")[2]
    near = get_close_matches(short, [each.rpartition(".")[2] for each in given], n=1)
    nearest = f"; it has {near[0]}" if near else ""
    return f"{asked}: the reference engine has no {short}{nearest}; opea-comps itself has what OPEA has: --gateway opea"
