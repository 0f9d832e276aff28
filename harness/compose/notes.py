"""What of a compose file is taken over as it is, what is done otherwise here, and what is left out: nothing is lost in silence."""

from collections.abc import Iterable, Iterator

from harness.lint.compose import Service
from harness.lint.finding import Spot

SHOWN = 3

# Taken over into the container, by docker-py's name.
ENGINE = {
    "cap_add": "cap_add",
    "cap_drop": "cap_drop",
    "devices": "devices",
    "group_add": "group_add",
    "init": "init",
    "privileged": "privileged",
    "runtime": "runtime",
    "security_opt": "security_opt",
    "shm_size": "shm_size",
    "user": "user",
    "working_dir": "working_dir",
}
READ = frozenset(
    [
        "build",
        "command",
        "depends_on",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "extends",
        "extra_hosts",
        "healthcheck",
        "hostname",
        "image",
        "mem_limit",
        "ports",
        "profiles",
        "tmpfs",
        "volumes",
    ]
)
OTHERWISE = {
    "container_name": "is only a name on the network, because two stacks would want the same container",
    "deploy": "is not carried over but for its limit of memory",
    "ipc": "is left out: the service keeps its own memory",
    "networks": "are one private network here",
    "restart": "is left out: a service that ends has failed",
    "links": "are left out: every service is reached by its name",
}


def notes(services: Iterable[Service]) -> Iterator[str]:
    """What is done otherwise than the file says, or not at all: a line for each key, with its first place and the services."""
    found: dict[str, list[tuple[Spot, str]]] = {}
    for service in services:
        for port in service.unread_ports:
            yield f"{port.spot}: {service.name}: port {port.text!r} is passed over: it is no single port such as 8080:80"
        for key in service.tree.items:
            if _is_noted(service, key):
                spot = service.tree.keys.get(key, service.spot)
                found.setdefault(key, []).append((spot, service.name))
    for key, places in found.items():
        names = [name for _, name in places]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        what = OTHERWISE.get(key, "is not carried over")
        yield f"{places[0][0]}: `{key}` {what} ({', '.join(names[:SHOWN])}{more})"


def _is_noted(service: Service, key: str) -> bool:
    if key in READ or key in ENGINE or key.startswith("x-"):
        return False
    if key == "ipc":
        return service.text("ipc") in ("host", "shareable")
    if key == "networks":
        return len(service.tree.table("networks").items) + len(service.tree.texts("networks")) > 1
    return True
