"""Serves mocks: any number of comps in one process, one port each, all of one world.

    python -m harness.stack.mock                          configured by one JSON line on standard input
    python -m harness.stack.mock embeddings llms.text_generation --port 6000

Prints `{"ready": true, "urls": {name: url}}` when every port answers, and ends when standard input does. One uvicorn serves all
ports; the port that a request came to says which mock is meant.
"""

import argparse
import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from harness.comp import Comp, World
from harness.discovery import COMP, FAULT, discover
from harness.errors import HarnessError, StackError, UsageError
from harness.fault import Fault
from harness.scenario import Latency
from harness.stack.mock_app import Behaviour, Mock
from harness.stack.mock_request import Receive, Scope, Send
from harness.stack.process import announce, configuration_from_stdin, lifeline

HOST = "127.0.0.1"
BACKLOG = 1024
STOP_LIMIT_S = 1
KEEP_ALIVE_S = 60


@dataclass(frozen=True, slots=True)
class Spec:
    """One mock that is to be served; `name` is the node's, `port` 0 means a free one."""

    comp: str
    name: str = ""
    port: int = 0
    behaviour: Behaviour = field(default_factory=Behaviour)


def app(
    comp: Comp,
    world: World | None = None,
    *,
    behaviour: Behaviour | None = None,
    faults: Mapping[str, Fault] | None = None,
) -> Mock:
    """The ASGI app of one comp; comps that are to share state (dataprep and retriever) get one world."""
    return Mock(comp, world or World(), behaviour=behaviour, faults=faults)


def mocks(specs: Sequence[Spec], world: World, folders: tuple[Path, ...] = ()) -> list[Mock]:
    """The mocks of the specs, in their order; raises UsageError for a comp that nobody defined."""
    comps, faults = discover(COMP, folders), discover(FAULT, folders)
    for spec in specs:
        if spec.comp not in comps:
            raise UsageError(f"{spec.comp}: no such comp; comps are {', '.join(comps)}")
    return [Mock(comps[spec.comp], world, spec.name, spec.behaviour, faults) for spec in specs]


@asynccontextmanager
async def serving(served: Sequence[Mock], ports: Sequence[int] = ()) -> AsyncIterator[Mapping[str, str]]:
    """The mocks' addresses by name while they are served on loopback; free ports where `ports` says 0 or nothing."""
    wanted = [*ports, *[0] * (len(served) - len(ports))]
    sockets = _listening(served, wanted)
    by_port = {each.getsockname()[1]: mock for each, mock in zip(sockets, served, strict=True)}
    if len({mock.name for mock in served}) != len(served):
        raise UsageError(f"mocks: names {[mock.name for mock in served]} are not all different")

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    server = _Server(_config(dispatch))
    running = asyncio.ensure_future(server.serve(sockets))
    try:
        while not server.started:
            if running.done():
                running.result()
                raise StackError("mocks: the server ended before it was ready")
            await asyncio.sleep(0.001)
        yield {mock.name: f"http://{HOST}:{port}" for port, mock in by_port.items()}
    finally:
        server.should_exit = True
        await running
        for each in sockets:
            each.close()


def _config(dispatch: Any) -> uvicorn.Config:
    return uvicorn.Config(
        dispatch,
        http="httptools",
        loop="none",
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_LIMIT_S,
    )


class _Server(uvicorn.Server):
    """A server that leaves signals to the process around it."""

    def capture_signals(self) -> Any:
        """Capture none."""
        return nullcontext()


def _listening(served: Sequence[Mock], ports: Sequence[int]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for mock, port in zip(served, ports, strict=True):
        try:
            sockets.append(socket.create_server((HOST, port), backlog=BACKLOG))
        except OSError as error:
            for each in sockets:
                each.close()
            raise StackError(f"{mock.name}: port {port} cannot be listened on: {error.strerror}") from error
    return sockets


def _configured(given: Mapping[str, Any]) -> tuple[list[Spec], World, tuple[Path, ...]]:
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
            ),
        )
        for each in given["mocks"]
    ]
    world = World(given.get("seed", 0), given.get("settings") or {})
    return specs, world, tuple(Path(folder) for folder in given.get("folders", ()))


def _from_arguments(argv: Sequence[str]) -> tuple[list[Spec], World, tuple[Path, ...]]:
    parser = argparse.ArgumentParser(prog="python -m harness.stack.mock", description=__doc__)
    parser.add_argument("comp", nargs="+", help="a comp's id, such as embeddings")
    parser.add_argument(
        "--port", type=int, default=0, help="the first comp's port, the others' follow; 0: free ones"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--path", type=Path, action="append", default=[], help="a folder with more comps")
    parser.add_argument("--like-upstream", action="store_true", help="answer as the real comp is known to")
    given = parser.parse_args(argv)
    behaviour = Behaviour(like_upstream=given.like_upstream)
    specs = [
        Spec(comp, port=given.port + place if given.port else 0, behaviour=behaviour)
        for place, comp in enumerate(given.comp)
    ]
    return specs, World(given.seed), tuple(given.path)


async def _run(specs: Sequence[Spec], world: World, folders: tuple[Path, ...]) -> None:
    served = mocks(specs, world, folders)
    async with serving(served, [spec.port for spec in specs]) as urls:
        announce(urls=dict(urls))
        await lifeline()


def main(argv: Sequence[str]) -> int:
    """Serve until standard input ends; gives the exit code."""
    import uvloop

    try:
        given = _from_arguments(argv) if argv else _configured(configuration_from_stdin())
        with suppress(KeyboardInterrupt):
            uvloop.run(_run(*given))
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
