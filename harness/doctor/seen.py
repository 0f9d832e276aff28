"""What was seen of a stack at one moment: containers, answers over HTTP, the machine. The rules judge nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["node", "gateway", "jaeger"]
Word = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]


@dataclass(frozen=True, slots=True)
class State:
    """How a container is; times are seconds since 1970, 0 for never. `restarts` are those that Docker made by itself."""

    word: Word = "running"
    restarts: int = 0
    exit_code: int = 0
    is_oom: bool = False
    error: str = ""
    created_s: float = 0.0
    began_s: float = 0.0
    ended_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Health:
    """A container's own health check: its command, its word (`healthy`, `unhealthy`, `starting`), and what the last try said."""

    test: tuple[str, ...]
    word: str = ""
    failures: int = 0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """One network that a container is in: its address there, empty while it is down, and its names beside its own."""

    address: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """A container's port, and where the machine publishes it; `published` is 0 where it does not."""

    target: int
    published: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """One container as it was inspected; `log` are its last lines, the newest last, `past` those that are not of this moment.

    `service`, `project` and `awaits` (for which services it waits, and for what of them) are compose's, empty without it;
    containers of the harness have a `service` too. `restart` is the restart policy, `memory_bytes` its limit (0: none).
    """

    name: str
    image: str
    state: State = field(default_factory=State)
    service: str = ""
    project: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    networks: Mapping[str, Joined] = field(default_factory=dict)
    network_mode: str = ""
    hostname: str = ""
    command: tuple[str, ...] = ()
    restart: str = "no"
    health: Health | None = None
    memory_bytes: int = 0
    awaits: Mapping[str, str] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    past: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What a person calls it: the container's name, or the service's where that was made of it, or made up."""
        made = (f"{self.project}{sep}{self.service}{sep}" for sep in "-_")
        is_made = not self.project or self.name.startswith(tuple(made))
        return self.service if self.service and is_made else self.name

    @property
    def is_up(self) -> bool:
        """Does its process run, and is not held?"""
        return self.state.word == "running"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses in its networks."""
        return tuple(each.address for each in self.networks.values() if each.address)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request brought: a status and a body, or `error`, the kind of failure (`refused`, `dns`, `first_byte_timeout`, ...)."""

    asked: str
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    error: str = ""
    took_ms: float = 0.0

    @property
    def told(self) -> str:
        """In one line, for evidence."""
        if self.error:
            return f"{self.asked}: {self.error} after {self.took_ms:.0f} ms"
        start = " ".join(self.body[:160].decode("utf-8", "replace").split())
        return f"{self.asked}: {self.status} {start or 'with an empty body'}"


@dataclass(frozen=True, slots=True)
class Probe:
    """One address that was asked: of a container or as given; `comp` is what is to answer there, empty where that is not known.

    `answers` by what was wanted: `ready`, `title`, `routes`, `contract`, `files`, `models`, `services`, `question`.
    """

    subject: str
    role: Role
    url: str
    comp: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knock:
    """A port that somebody calls, and whether something listens there; None where it cannot be told.

    `place` is the name of a container, or an address of this machine.
    """

    place: str
    port: int
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine has left; None for what could not be read. `place` is where the disk was looked at.

    `addresses` are its own, by interface; none where the containers run on another one.
    """

    disk_free_bytes: int | None = None
    disk_bytes: int | None = None
    memory_free_bytes: int | None = None
    memory_bytes: int | None = None
    place: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything at one moment, `now_s` by the engine's clock; `neighbours` are containers that were not asked about.

    `unseen` says, in a sentence each, what was to be looked at and could not be; `notes` what was left out.
    """

    containers: tuple[Container, ...] = ()
    neighbours: tuple[Container, ...] = ()
    probes: tuple[Probe, ...] = ()
    knocks: tuple[Knock, ...] = ()
    machine: Machine = field(default_factory=Machine)
    now_s: float = 0.0
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
