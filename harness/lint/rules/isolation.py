"""What keeps two stacks from running side by side: fixed names and the machine's memory."""

from collections.abc import Iterable

from harness.lint.finding import Found, Rule, gathered
from harness.lint.sources import Sources


def _fixed_names(sources: Sources) -> Iterable[Found]:
    services = sources.compose.services.values() if sources.compose else ()
    places = [
        (service.tree.keys["container_name"], service.name)
        for service in services
        if service.tree.text("container_name")
    ]
    return gathered(places, lambda names: f"container_name is fixed for {names}")


def _shared_memory(sources: Sources) -> Iterable[Found]:
    services = sources.compose.services.values() if sources.compose else ()
    places = [
        (service.tree.keys["ipc"], service.name) for service in services if service.text("ipc") == "host"
    ]
    return gathered(places, lambda names: f"`ipc: host` for {names}")


RULES = (
    Rule(
        "fixed-container-name",
        "A second stack on the machine cannot start, another user's or another test's: the names are taken.",
        "Leave container_name out; compose names containers after the project, and services reach each other by service name",
        _fixed_names,
    ),
    Rule(
        "ipc-host",
        "The container shares the machine's memory segments: it sees those of other stacks, and they see its own.",
        "Leave it out, or set `shm_size` where a model server needs shared memory",
        _shared_memory,
    ),
)
