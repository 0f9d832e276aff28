"""One container of ours: what it is to be, how it is started, what state it is in, and how it ends."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from harness.containers import reaper
from harness.containers.engine import Engine, speaking
from harness.containers.follower import Follower, begun
from harness.containers.network import HOST_NAME, TO_HOST, Network
from harness.errors import StackError

LAST_LINES = 50
LINE_LETTERS_MAX = 400
HOST = "127.0.0.1"
OVER = ("exited", "dead", "removing")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a container is to be; `ports` are those inside that are published on loopback, on free ports of this machine.

    `volumes` maps a volume's name or a folder of this machine to a path inside; 0 memory means no limit. A port that `host_ports`
    maps to one of this machine keeps that over restarts and reconnections. `more` is what else docker-py is told.
    """

    name: str
    image: str
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    network: Network | None = None
    aliases: tuple[str, ...] = ()
    volumes: Mapping[str, str] = field(default_factory=dict)
    memory_bytes: int = 0
    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    host_ports: Mapping[int, int] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Death:
    """How a container ended, or that it began again by itself; `words` are its last lines."""

    exit_code: int
    is_oom: bool
    restarts: int
    words: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """How it ended, without its words."""
        oom = ", because it ran out of memory" if self.is_oom else ""
        again = f", and was begun again {self.restarts} times" if self.restarts else ""
        return f"ended with code {self.exit_code}{oom}{again}"

    def told(self, name: str) -> str:
        """The same as a message, last words and all."""
        return f"{name}: {self.says}{said_last(self.words)}"


def said_last(words: Sequence[str]) -> str:
    """The last lines of a log, as the end of a message."""
    return "; its last words:\n" + "\n".join(f"  {line}" for line in words) if words else "; its log is empty"


class Container:
    """A container that was started; `log` is the file that holds all that it says."""

    def __init__(self, name: str, inner: Any, log: Path) -> None:
        self.name = name
        self.inner = inner
        self.log = log
        self._follower = Follower(self._listen, self._is_running, log)

    @classmethod
    def start(cls, engine: Engine, wanted: Wanted, folder: Path) -> "Container":
        """Start it and follow its log into the folder; raises StackError, and then nothing of it is left.

        Blocks until the engine has started it, so that an interruption comes before or after, never in between.
        """
        engine.inspected(wanted.image)
        log = begun(folder / f"{wanted.name}.log")
        reaper.begin()
        boxed = _boxed(engine, wanted)
        try:
            with speaking(f"{wanted.name}: {wanted.image}"):
                boxed.start()
                inner = engine.client.containers.get(boxed.get_wrapped_container().id)
        except BaseException:
            with suppress(Exception):  # The first error is the one to tell; `clean` finds what is left.
                boxed.stop()
            raise
        boxed.get_docker_client().client.close()
        return cls(wanted.name, inner, log)

    @property
    def unheard(self) -> str:
        """Why its log is not followed any more, in words; empty while it is."""
        return self._follower.wrong

    def facts(self) -> dict[str, Any]:
        """What the engine says of it now; raises StackError where it is gone."""
        with speaking(self.name):
            self.inner.reload()
        attributes: dict[str, Any] = self.inner.attrs
        return attributes

    def url(self, port: int) -> str:
        """Where a port of it is now; read anew each time, because a restart and a reconnection move it."""
        facts = self.facts()
        bindings = (facts["NetworkSettings"].get("Ports") or {}).get(f"{port}/tcp") or []
        if not bindings:
            raise StackError(f"{self.name}: port {port} is not published; it is {facts['State']['Status']}")
        return f"http://{HOST}:{bindings[0]['HostPort']}"

    def death(self) -> Death | None:
        """How it ended, or None while it is as it was started."""
        facts = self.facts()
        state, restarts = facts["State"], int(facts.get("RestartCount") or 0)
        if state["Status"] not in OVER and not restarts and not state.get("Restarting"):
            return None
        return Death(int(state["ExitCode"]), bool(state["OOMKilled"]), restarts, self.last_words())

    def last_words(self, lines: int = LAST_LINES) -> tuple[str, ...]:
        """The last lines that it said, each cut to a length that can be read."""
        with speaking(self.name):
            said: bytes = self.inner.logs(tail=lines)
        return tuple(line[:LINE_LETTERS_MAX] for line in said.decode("utf-8", "replace").splitlines())[
            -lines:
        ]

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a command in it to its end; gives the exit code and all that it said."""
        with speaking(self.name):
            code, said = self.inner.exec_run(list(command))
        return int(code), (said or b"").decode("utf-8", "replace")

    def signal(self, name: str) -> None:
        """Send its first process a signal."""
        with speaking(self.name):
            self.inner.kill(signal=name)

    def begin_again(self, limit_s: float = 10.0) -> None:
        """Stop it, if it runs, and start it; its ports are other ones afterwards."""
        with speaking(self.name):
            self.inner.restart(timeout=round(limit_s))

    def process(self) -> psutil.Process | None:
        """Its first process, where it can be seen from here; an engine in a machine of its own has other process ids."""
        pid = int(self.facts()["State"].get("Pid") or 0)
        try:
            if not pid or self.inner.id not in Path(f"/proc/{pid}/cgroup").read_text():
                return None
            process = psutil.Process(pid)
            process.num_fds()  # Not everybody may look.
        except (OSError, psutil.Error):
            return None
        return process

    def remove(self) -> None:
        """Remove it, running or not, with the volumes that have no name, and read the rest of its log."""
        from docker.errors import NotFound

        with speaking(self.name), suppress(NotFound):
            self.inner.remove(force=True, v=True)
        self._follower.close()

    def _listen(self) -> Iterator[bytes]:
        pieces: Iterator[bytes] = self.inner.logs(stream=True, follow=True)
        return pieces

    def _is_running(self) -> bool | None:
        try:
            self.inner.reload()
        except Exception:  # noqa: BLE001 - it is gone, or the engine is.
            return None
        return bool(self.inner.status == "running")


@contextmanager
def running(engine: Engine, wanted: Wanted, folder: Path) -> Iterator[Container]:
    """The container while the context lasts; removed in the end, whatever happens."""
    container = Container.start(engine, wanted, folder)
    try:
        yield container
    finally:
        container.remove()


def _boxed(engine: Engine, wanted: Wanted) -> Any:
    """The container as testcontainers takes it."""
    from testcontainers.core.container import DockerContainer

    boxed: Any = DockerContainer(wanted.image, env=dict(wanted.environment))
    boxed.ports = {f"{port}/tcp": (HOST, wanted.host_ports.get(port)) for port in wanted.ports}
    for source, target in wanted.volumes.items():
        boxed.with_volume_mapping(source, target, "rw")
    how: dict[str, Any] = {**wanted.more, "labels": engine.labels}
    if wanted.command:
        boxed.with_command(list(wanted.command))
    if wanted.entrypoint:
        how["entrypoint"] = list(wanted.entrypoint)
    if wanted.network:
        how["network"] = wanted.network.name
        endpoint = engine.client.api.create_endpoint_config(aliases=list(wanted.aliases))
        how["networking_config"] = {wanted.network.name: endpoint}
        if wanted.network.home() != wanted.network.gateway:
            how["extra_hosts"] = {**how.get("extra_hosts", {}), HOST_NAME: TO_HOST}
    if wanted.memory_bytes:
        how["mem_limit"] = how["memswap_limit"] = wanted.memory_bytes
    return boxed.with_kwargs(**how)
