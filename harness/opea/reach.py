"""How an orchestrator reaches its nodes: one client for each event loop, one retry budget, a deadline for each request."""

import asyncio
from collections.abc import Iterable
from time import monotonic_ns
from typing import Any
from weakref import WeakKeyDictionary

from harness.client import Client
from harness.opea.attempt import Caller
from harness.opea.policy import RetryBudget
from harness.opea.telemetry import SCOPE, Scope
from harness.traces.emit import Context


class Reach:
    """Makes the `Caller` of a request; its clients close with their loops."""

    def __init__(self) -> None:
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = WeakKeyDictionary()
        self._retries = RetryBudget()

    def caller(self, first: Any, budget_s: float, entries: Iterable[str] = ()) -> Caller:
        """What all calls of one request share; `first` is what its caller sent, `entries` the nodes that begin."""
        deadline_ns = monotonic_ns() + int(budget_s * 1e9)
        return Caller(
            self._client(), _scope(), deadline_ns, budget_s, self._retries, first, frozenset(entries)
        )

    def _client(self) -> Client:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            # Not sent again: what a node was sent twice it may do twice.
            client = self._clients[loop] = Client(resend_stale=False)
        return client


def _scope() -> Scope:
    scope = SCOPE.get()
    if scope is not None:
        return scope
    context = Context.new()
    return Scope(context, None, context.trace_id)
