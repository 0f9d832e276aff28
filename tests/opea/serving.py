"""A service that serves in a thread of its own, on a free port of loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from harness.opea import MicroService


@contextmanager
def serving(service: MicroService) -> Iterator[str]:
    """The address of a service, as long as it serves."""
    thread = threading.Thread(target=service.start, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{service.port}"
    try:
        until(lambda: answers(address))
        yield address
    finally:
        service.stop()
        thread.join(10)
        assert not thread.is_alive()


def answers(address: str) -> bool:
    """Whether something serves there."""
    try:
        return httpx.get(f"{address}/health", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def until(true, limit_s: float = 30.0) -> None:
    """Wait for a state."""
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end, "the state did not come"
        threading.Event().wait(0.01)
