"""Level 11: a container that is told to end does so in time, and finishes what it was asked before."""

import asyncio
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import urlsplit

import orjson
import psutil

from harness.comp import Comp, Endpoint, Example
from harness.containers.container import Container, Death
from harness.contract.kind import Kind
from harness.images.boot import plain
from harness.verdict import Verdict, holds, not_applicable, violated

LIMIT_S = 10.0  # What Docker gives before it kills.
LOOK_S = 0.1
SETTLED_S = 0.5  # Time in which a service that drops its requests at SIGTERM has done so, and one that waits for a process has.
READ_LIMIT_S = 10.0
CONTINUE_LIMIT_S = 2.0
CLEAN = (0, 143)  # 143 is how a program ends that leaves SIGTERM to the system.

IDLE = Kind(
    "stop.idle",
    "L11",
    "told to end while idle, it ends by itself within 10 s",
    "Docker and Kubernetes send SIGTERM and kill after a while. A service that does not listen makes every update of a stack wait "
    "for that, and is then killed in the middle of whatever it does.",
    "docker stop --time 10 CONTAINER; docker inspect --format '{{.State.ExitCode}}' CONTAINER   # 137: it was killed",
    "OPEA's base class runs uvicorn without its signal handlers: add `signal.signal(signal.SIGTERM, ...)` that calls the service's "
    "`stop()`, or start the container with `--init`. A shell script that starts the service ends with `exec`.",
)
IN_FLIGHT = Kind(
    "stop.in-flight",
    "L11",
    "told to end while a request is in flight, it answers that first",
    "Every update of a stack would otherwise cost the requests of that moment, and a client cannot tell whether they were carried out.",
    """(printf 'POST /v1/embeddings HTTP/1.1\\r\\nhost: x\\r\\ncontent-type: application/json\\r\\ncontent-length: 14\\r\\n\\r\\n{"input"'
docker kill --signal TERM CONTAINER >&2; sleep 1; printf ': "a"}'; sleep 5) | nc 127.0.0.1 6000""",
    "Let the server shut down by itself (`server.should_exit = True`) instead of leaving the process in a signal handler.",
)
LEFTOVERS = Kind(
    "stop.leftovers",
    "L11",
    "no process that has ended is left unreaped",
    "Each takes a place in the table of processes; when the container's limit is reached, nothing can be started in it any more.",
    "ps -eo pid,ppid,stat,comm | grep ' Z'   # on the machine of the engine: docker top does not show them",
    "Wait for every process that is started (`subprocess.run`, `process.wait()`), or start the container with `--init`.",
)
KINDS = (LEFTOVERS, IDLE, IN_FLIGHT)


@dataclass(frozen=True, slots=True)
class Stopping:
    """A container that runs, the comp that it is, and the port on which it listens inside."""

    container: Container
    comp: Comp
    port: int

    async def leftovers(self) -> Verdict:
        """Whether it has processes that ended and were not waited for, though there was time for both."""
        id_ = f"{self.comp.id}.{LEFTOVERS.name}"
        process = self.container.process()
        if process is None:
            return not_applicable(id_, self.comp.id, "its processes cannot be seen from here")
        await asyncio.sleep(SETTLED_S)
        ended = _unreaped(process)
        await asyncio.sleep(SETTLED_S)
        dead = [name for each, name in _unreaped(process).items() if each in ended]
        if not dead:
            return holds(id_, self.comp.id, expected=LEFTOVERS.says)
        why = f"{len(dead)} of its processes ended and were never waited for"
        return violated(id_, self.comp.id, why, expected=LEFTOVERS.says, actual=", ".join(sorted(set(dead))))

    async def idle(self) -> Verdict:
        """How it ends when it is told to and has nothing to do; it has ended, or is deaf, afterwards."""
        began = monotonic()
        self.container.signal("SIGTERM")
        death = await self._death()
        return self._judged(death, monotonic() - began)

    async def in_flight(self) -> Verdict:
        """Whether it answers what it was being asked when it was told to end; it has just been started again, and is ready."""
        id_ = f"{self.comp.id}.{IN_FLIGHT.name}"
        found = plain(self.comp)
        if found is None:
            return not_applicable(
                id_, self.comp.id, "no example of the contract has a body that could be sent in halves"
            )
        try:
            said = await self._interrupted(*found)
        except TimeoutError:
            return violated(
                id_,
                self.comp.id,
                f"no answer came within {READ_LIMIT_S:g} s",
                expected=IN_FLIGHT.says,
                actual="silence",
            )
        except OSError as error:
            said = f"the connection broke: {error.strerror or error}"
        if said.startswith("HTTP/1.1 200"):
            return holds(id_, self.comp.id, expected=IN_FLIGHT.says)
        why = "the request that was in flight was not answered"
        return violated(
            id_, self.comp.id, why, expected=IN_FLIGHT.says, actual=said or "the connection was closed"
        )

    async def _interrupted(self, endpoint: Endpoint, chosen: Example) -> str:
        """The first line of the answer to a request that is half sent when the signal comes."""
        parts = urlsplit(self.container.url(self.port))
        body = orjson.dumps(chosen.request)
        head = (
            f"{endpoint.method} {endpoint.path} HTTP/1.1\r\nhost: {parts.netloc}\r\nexpect: 100-continue\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(head.encode() + body[:1])
            await _began(reader)
            self.container.signal("SIGTERM")
            await asyncio.sleep(SETTLED_S)
            writer.write(body[1:])
            await writer.drain()
            async with asyncio.timeout(READ_LIMIT_S):
                line = await reader.readline()
                while line == b"\r\n" or b" 100 " in line:
                    line = await reader.readline()
            return line.decode("latin-1").strip()
        finally:
            writer.close()

    async def _death(self) -> Death | None:
        until = monotonic() + LIMIT_S
        while (death := self.container.death()) is None and monotonic() < until:  # noqa: ASYNC110 - the engine is asked
            await asyncio.sleep(LOOK_S)
        return death

    def _judged(self, death: Death | None, after_s: float) -> Verdict:
        id_, comp = f"{self.comp.id}.{IDLE.name}", self.comp.id
        if death is None and self.comp.framework:
            known = "known deviation sigterm: OPEA's base class has no handler for SIGTERM, and a container's first process ignores it then"
            return not_applicable(id_, comp, f"{known}; it ran on for {LIMIT_S:g} s")
        repeat = IDLE.by_hand.partition(";")[0]
        if death is None:
            found = violated(
                id_, comp, f"it runs on {LIMIT_S:g} s after SIGTERM", expected=IDLE.says, actual="running"
            )
            return replace(found, repeat=repeat)
        if death.exit_code in CLEAN:
            return holds(id_, comp, f"{death.says} after {after_s:.1f} s", expected=IDLE.says)
        found = violated(
            id_, comp, f"it {death.says} at SIGTERM", expected=IDLE.says, actual="\n".join(death.words)
        )
        return replace(found, repeat=repeat)


async def _began(reader: asyncio.StreamReader) -> None:
    """Wait until the service says that it is at the request; one that never says so is given the time."""
    try:
        async with asyncio.timeout(CONTINUE_LIMIT_S):
            await reader.readuntil(b"\r\n\r\n")
    except (TimeoutError, asyncio.IncompleteReadError):
        return


def _unreaped(process: psutil.Process) -> dict[psutil.Process, str]:
    """The processes under one that have ended and are still in the table, and their names."""
    children = process.children(recursive=True)
    return {
        each: each.name() for each in children if each.is_running() and each.status() == psutil.STATUS_ZOMBIE
    }
