"""The HTTP side of a local service: FastAPI on uvicorn, with the routes that every OPEA service has."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from harness.opea.problems import Problem, answer_problem
from harness.opea.statistics import collect_all_statistics
from harness.opea.telemetry import TELEMETRY
from harness.opea.tracked import Tracked

OPEA_VERSION = "1.5"  # Of opea-comps, whose routes and models these are.
DESCRIPTION = "OPEA Microservice Infrastructure"
KEEP_ALIVE_S = 75  # Above what clients keep a connection for; uvicorn's own 5 s makes them meet a closed one.


@dataclass(slots=True)
class Startup:
    """What runs as long as a service serves, each as a task of its own."""

    jobs: list[Coroutine[Any, Any, Any]] = field(default_factory=list)


def make_app(title: str, description: str | None, startup: Startup) -> FastAPI:
    """The app of a service, with `/health`, `/v1/health_check`, `/v1/statistics` and `/metrics`."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tracer = TELEMETRY.tracer(title)
        app.state.tracer = tracer
        jobs = [*startup.jobs, *([tracer.run()] if tracer else [])]
        startup.jobs.clear()
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            yield
        finally:
            if tracer:
                await tracer.close()
            await _end(tasks)

    said = description or DESCRIPTION
    app = FastAPI(title=title, description=said, lifespan=lifespan)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    app.add_middleware(Tracked)
    app.add_exception_handler(Problem, answer_problem)
    app.state.tracer = None

    @app.get("/v1/health_check", tags=["Debug"])
    async def health_check() -> dict[str, str]:
        """What serves here."""
        return {"Service Title": title, "Version": OPEA_VERSION, "Service Description": said}

    @app.get("/health", tags=["Debug"])
    async def health() -> Response:
        """That it serves."""
        return Response()

    @app.get("/v1/statistics", tags=["Debug"])
    async def statistics() -> dict[str, dict[str, float | None]]:
        """The latencies that it noted."""
        return collect_all_statistics()

    @app.get("/metrics", tags=["Debug"])
    async def prometheus() -> Response:
        """What Prometheus reads."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 takes a free one. RuntimeError says which port is taken."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise RuntimeError(f"host {host!r} has no address: {error.strerror}") from None
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise RuntimeError(f"port:{port} of host {host} cannot be served: {error.strerror}") from None
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener


class Server:
    """Serves an app on a socket that listens already, until it is stopped."""

    def __init__(self, app: FastAPI, listener: socket.socket, tls: dict[str, str]) -> None:
        self._listener = listener
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                http="httptools",
                ws="none",
                lifespan="on",
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=5,
                **tls,  # type: ignore[arg-type]
            )
        )

    def run(self) -> None:
        """Serve in an event loop of its own; returns when stopped."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self.serve())

    async def serve(self) -> None:
        """Serve in the running event loop."""
        await self._uvicorn.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Ask it to end; from any thread. One that does not serve just gives its port back."""
        if self._uvicorn.started:
            self._uvicorn.should_exit = True
        else:
            self._listener.close()


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
