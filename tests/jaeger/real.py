"""The Jaeger that `opea-harness setup jaeger` built, as a child process; its tests need it."""

import contextlib
import os

from harness.cache import cache_dir
from harness.jaeger.binary import binary
from harness.processes.child import Child


def program():
    """The program of this machine's cache."""
    return binary(cache_dir(os.environ)).program


@contextlib.asynccontextmanager
async def jaeger(folder):
    """A Jaeger of its own: its process and its addresses."""
    child = await Child.start(
        "traces", ["-m", "harness.jaeger.process", str(program())], folder / "traces.log"
    )
    try:
        yield child, await child.ready(30)
    finally:
        await child.stop()
