"""Which mocks are to be served, as a configuration says it, and the mocks made of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.comp import World
from harness.discovery import COMP, FAULT, discover
from harness.errors import UsageError
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour
from harness.nearest import names_there_are
from harness.scenario import Latency


@dataclass(frozen=True, slots=True)
class Spec:
    """One mock that is to be served; `name` is the node's, `port` 0 means a free one."""

    comp: str
    name: str = ""
    port: int = 0
    behaviour: Behaviour = field(default_factory=Behaviour)


def mocks(specs: Sequence[Spec], world: World, folders: tuple[Path, ...] = ()) -> list[Mock]:
    """The mocks of the specs, in their order; raises UsageError for a comp that nobody defined."""
    comps = discover(COMP, folders)
    faults = {name: each for name, each in discover(FAULT, folders).items() if not each.action}
    for spec in specs:
        if spec.comp not in comps:
            raise UsageError(f"{spec.comp}: there is no such comp; {names_there_are(spec.comp, comps)}")
    return [Mock(comps[spec.comp], world, spec.name, spec.behaviour, faults) for spec in specs]


def configured(given: Mapping[str, Any]) -> tuple[list[Spec], World, tuple[Path, ...]]:
    """Specs, world and folders of a configuration line."""
    specs = [
        Spec(
            comp=each["comp"],
            name=each.get("name", ""),
            port=each.get("port", 0),
            behaviour=Behaviour(
                latency=Latency(**(each.get("latency") or {})),
                start_ms=each.get("start_ms", 0.0),
                in_flight_max=each.get("in_flight_max", 0),
                stamped=each.get("stamped", False),
                like_upstream=given.get("like_upstream", False),
                keep_bytes=given.get("keep_bytes", Behaviour().keep_bytes),
                in_threads=each.get("in_threads", False),
            ),
        )
        for each in given["mocks"]
    ]
    world = World(given.get("seed", 0), given.get("settings") or {})
    return specs, world, tuple(Path(folder) for folder in given.get("folders", ()))
