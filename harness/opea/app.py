"""The app of a local service: FastAPI with the routes that every OPEA service has."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from harness.opea.component_health import COMPONENTS, components_health
from harness.opea.health import nodes_health
from harness.opea.hop import Service
from harness.opea.problems import Problem, answer_problem
from harness.opea.statistics import collect_all_statistics
from harness.opea.telemetry import TELEMETRY
from harness.opea.version import __version__

DESCRIPTION = "OPEA Microservice Infrastructure"

Nodes = Callable[[], list[Service]]


@dataclass(slots=True)
class Startup:
    """What runs as long as a service serves, each as a task of its own."""

    jobs: list[Coroutine[Any, Any, Any]] = field(default_factory=list)


def make_app(title: str, description: str | None, startup: Startup, nodes: Nodes | None = None) -> FastAPI:
    """The app of a service, with `/health`, `/v1/health_check`, `/v1/statistics` and `/metrics`.

    A megaservice has `nodes`, of whose state its `/v1/health_check` tells.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tracer = app.state.tracer = TELEMETRY.tracer(title)
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
    app.add_exception_handler(Problem, answer_problem)
    app.state.tracer = None
    told = {"Service Title": title, "Version": __version__, "Service Description": said}
    _add_debug_routes(app, told, nodes)
    return app


def _add_debug_routes(app: FastAPI, told: dict[str, str], nodes: Nodes | None) -> None:
    @app.get("/v1/health_check", tags=["Debug"])
    async def health_check() -> dict[str, Any]:
        """Which service this is; of a megaservice whether its nodes answer, of a microservice its components' health."""
        if nodes:
            return {**told, "nodes": await nodes_health(nodes())}
        components = COMPONENTS.alive()
        return {**told, "components": await components_health(components)} if components else {**told}

    @app.get("/health", tags=["Debug"])
    async def health() -> Response:
        """200 as long as it serves."""
        return Response()

    @app.get("/v1/statistics", tags=["Debug"])
    async def statistics() -> dict[str, dict[str, float | None]]:
        """The latencies that the service's functions noted."""
        return collect_all_statistics()

    @app.get("/metrics", tags=["Debug"])
    async def prometheus() -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
