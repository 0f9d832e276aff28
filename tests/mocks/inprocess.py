"""Asks a mock without a socket, so that a test that puts thousands of requests is quick."""

import asyncio

import httpx

from harness.comp import World
from harness.mocking.app import Mock
from harness.mocking.behaviour import Behaviour


class InProcess:
    """A mock in a world of its own, and a loop to ask it on; close it."""

    def __init__(self, comp, seed=0, *, like_upstream=False):
        self._runner = asyncio.Runner()
        self._transport = httpx.ASGITransport(
            Mock(comp, World(seed), behaviour=Behaviour(like_upstream=like_upstream))
        )

    def post(self, path, body):
        """The reply to one POST of JSON."""
        return self._runner.run(self._post(path, body))

    async def _post(self, path, body):
        async with httpx.AsyncClient(transport=self._transport, base_url="http://mock") as client:
            return await client.post(path, json=body)

    def close(self):
        """End the loop."""
        self._runner.close()
