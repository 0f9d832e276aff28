"""From what Docker says of a container to what the rules read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from harness.containers.engine import OWNER
from harness.doctor.seen import Container, Health, Joined, Port, State

PROJECT, SERVICE, AWAITS = (f"com.docker.compose.{name}" for name in ("project", "service", "depends_on"))


def container_of(said: Any, log: tuple[str, ...] = ()) -> Container:
    """An inspected container, and the last lines of its log."""
    config, host = said.get("Config") or {}, said.get("HostConfig") or {}
    labels = config.get("Labels") or {}
    hostname = config.get("Hostname") or ""
    return Container(
        name=said["Name"].lstrip("/"),
        image=config.get("Image") or "",
        state=_state(said),
        service=labels.get(SERVICE, "") or _service_of_ours(said, labels),
        project=labels.get(PROJECT, ""),
        environment=dict(each.partition("=")[::2] for each in config.get("Env") or []),
        ports=_ports(said),
        networks=_networks(said),
        network_mode=host.get("NetworkMode") or "",
        hostname="" if said.get("Id", "").startswith(hostname) else hostname,
        command=tuple([said["Path"]] if said.get("Path") else []) + tuple(said.get("Args") or []),
        restart=(host.get("RestartPolicy") or {}).get("Name") or "no",
        health=_health(said),
        memory_bytes=host.get("Memory") or 0,
        awaits=dict(each.split(":")[:2] for each in labels.get(AWAITS, "").split(",") if ":" in each),
        log=log,
        past=log,
    )


def _service_of_ours(said: Any, labels: Mapping[str, str]) -> str:
    """What a container of the harness's own is called in its network; Docker made its name up."""
    aliases = (alias for joined in _networks(said).values() for alias in joined.names)
    given = (each for each in aliases if each != said["Name"].lstrip("/"))
    return next(given, "") if OWNER in labels else ""


def seconds(stamp: str) -> float:
    """A time of Docker's as seconds since 1970; 0 for its year 1, which means never."""
    try:
        return max(datetime.fromisoformat(stamp).timestamp(), 0.0)
    except ValueError:
        return 0.0


def _state(said: Any) -> State:
    state = said.get("State") or {}
    return State(
        word=state.get("Status") or "running",
        restarts=said.get("RestartCount") or 0,
        exit_code=state.get("ExitCode") or 0,
        is_oom=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        created_s=seconds(said.get("Created") or ""),
        began_s=seconds(state.get("StartedAt") or ""),
        ended_s=seconds(state.get("FinishedAt") or ""),
    )


def _health(said: Any) -> Health | None:
    test = ((said.get("Config") or {}).get("Healthcheck") or {}).get("Test") or []
    told = (said.get("State") or {}).get("Health") or {}
    if not test or test[0] == "NONE":
        return None
    tries = told.get("Log") or []
    output = tries[-1].get("Output") or "" if tries else ""
    return Health(tuple(test), told.get("Status") or "", told.get("FailingStreak") or 0, output)


def _ports(said: Any) -> tuple[Port, ...]:
    """Each port of TCP: where it is published now, else where it is to be, else that it is there."""
    settings = said.get("NetworkSettings") or {}
    sources = (
        settings.get("Ports"),
        (said.get("HostConfig") or {}).get("PortBindings"),
        (said.get("Config") or {}).get("ExposedPorts"),
    )
    found: dict[int, Port] = {}
    for source in sources:
        for name, places in (source or {}).items():
            number, _, protocol = name.partition("/")
            if protocol in ("", "tcp") and number.isdigit():
                place = places[0] if isinstance(places, list) and places else {}
                published = int(place.get("HostPort") or 0)
                if not found.get(int(number), Port(0)).published:
                    found[int(number)] = Port(int(number), published, place.get("HostIp") or "")
    return tuple(found.values())


def _networks(said: Any) -> dict[str, Joined]:
    networks = (said.get("NetworkSettings") or {}).get("Networks") or {}
    return {
        name: Joined(each.get("IPAddress") or "", tuple(each.get("DNSNames") or each.get("Aliases") or ()))
        for name, each in networks.items()
    }
