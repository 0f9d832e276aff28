"""Serves any ASGI application on a free port, as a test's stand-in for a Jaeger."""

import asyncio
import contextlib

import uvicorn

from harness.traces.store import _listen, _Server, _wait_started


@contextlib.asynccontextmanager
async def serve_app(app):
    """Any ASGI application on a free port."""
    listener = _listen("127.0.0.1", 0)
    server = _Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await _wait_started(server, task)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
