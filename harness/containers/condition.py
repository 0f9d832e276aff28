"""What the engine says of a container, as far as faults change it, and how it is made again what it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.containers.container import Container
from harness.containers.engine import speaking
from harness.errors import FaultError


@dataclass(frozen=True, slots=True)
class Condition:
    """One look at a container; `networks` are those it is on, with its aliases there, `memory_bytes` 0 means no limit."""

    status: str
    exit_code: int
    is_oom: bool
    began: str
    networks: Mapping[str, tuple[str, ...]]
    memory_bytes: int
    ports: Mapping[int, int]

    @property
    def says(self) -> str:
        """In words."""
        oom = ", out of memory" if self.is_oom else ""
        ended = f" with code {self.exit_code}{oom}" if self.status == "exited" else ""
        return f"{self.status}{ended}, on {len(self.networks)} network{'s' * (len(self.networks) != 1)}"

    def inner(self, port: int) -> int:
        """The port inside that is published as this one of the machine; 0 where none is."""
        return next((inside for inside, outside in self.ports.items() if outside == port), 0)


def condition(container: Container) -> Condition:
    """Look at it now; raises StackError where it is gone."""
    facts = container.facts()
    state, network = facts["State"], facts["NetworkSettings"]
    memory_bytes = int(facts["HostConfig"].get("Memory") or 0)
    return Condition(
        status=state["Status"],
        exit_code=int(state["ExitCode"]),
        is_oom=bool(state["OOMKilled"]) and state["Status"] == "exited",
        began=state["StartedAt"],
        networks={
            name: tuple(sorted({*(each.get("Aliases") or ())} - {facts["Id"][:12]}))
            for name, each in (network.get("Networks") or {}).items()
        },
        memory_bytes=memory_bytes if memory_bytes < _machine_bytes(container) else 0,
        ports={
            int(inside.partition("/")[0]): int(outside[0]["HostPort"])
            for inside, outside in (network.get("Ports") or {}).items()
            if outside
        },
    )


def restore(container: Container, before: Condition) -> None:
    """Make it what it was; raises FaultError unless it reads back as that, StackError where the engine refuses.

    Does only what is needed, so that it may be called again.
    """
    now, inner = condition(container), container.inner
    with speaking(container.name):
        if now.status == "paused":
            inner.unpause()
        if now.memory_bytes != before.memory_bytes:
            limit_bytes = before.memory_bytes or _machine_bytes(container)
            inner.update(mem_limit=limit_bytes, memswap_limit=limit_bytes)
        for name in before.networks.keys() - now.networks.keys():
            inner.client.networks.get(name).connect(inner, aliases=list(before.networks[name]))
        if now.status not in ("running", "paused"):
            inner.start()
    differs = "; ".join(_differences(before, condition(container)))
    if differs:
        raise FaultError(f"{container.name}: its container is not again what it was: {differs}")


def _differences(before: Condition, now: Condition) -> list[str]:
    same: tuple[tuple[str, Any, Any], ...] = (
        ("is", before.status, now.status),
        ("is on the networks", before.networks, now.networks),
        ("has a limit of bytes of memory of", before.memory_bytes, now.memory_bytes),
    )
    return [f"{what} {is_}, was {was}" for what, was, is_ in same if was != is_]


def _machine_bytes(container: Container) -> int:
    """The memory of the machine that the engine runs on; a limit as high is none."""
    info: Mapping[str, Any] = container.inner.client.info()
    return int(info["MemTotal"])
