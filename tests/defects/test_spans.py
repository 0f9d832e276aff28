"""The spans that an engine sends."""

import asyncio
import time

from harness.defects.spans import taking_spans
from harness.traces.emit import Tracer


def sent(*names, later=()):
    """What is found of spans of these names, of which only those `later` are asked for."""

    async def main():
        async with taking_spans() as spans:
            tracer = Tracer("engine", spans.otlp, {})
            for name in names:
                tracer.start(name, "server", None).end()
            await asyncio.sleep(0.01)
            began_ns = time.time_ns() if later else 0
            for name in later:
                tracer.start(name, "server", None).end()
            await tracer.close()
            return sorted((span.name, span.service) for span in await spans.since(began_ns))

    return asyncio.run(main())


def test_what_was_sent_is_found():
    """Each span once, with its service."""
    assert sent("a", "b") == [("a", "engine"), ("b", "engine")]


def test_what_came_before_is_not():
    """It belongs to another case."""
    assert sent("a", later=["b"]) == [("b", "engine")]
