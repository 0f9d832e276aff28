"""Serves any ASGI application on a free port, as a test's stand-in for a Jaeger."""

import contextlib

from harness.processes.serving import LOOPBACK, answering, listening


@contextlib.asynccontextmanager
async def serve_app(app):
    """Any ASGI application on a free port."""
    listener = listening(LOOPBACK, 0)
    async with answering(app, [listener], "the test's server"):
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
