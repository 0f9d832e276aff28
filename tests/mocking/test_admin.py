"""A mock's admin routes."""

import asyncio

import orjson
import pytest

from harness.admin import Admin
from harness.journal import Journal
from harness.mocking.admin import administer, is_admin
from tests.mocking.greeter import get


@pytest.mark.parametrize(
    ("path", "is_it"), [("/_harness/state", True), ("/_harness", False), ("/v1/_harness/", False)]
)
def test_admin_routes_are_told_by_their_prefix(path, is_it):
    """Nothing of a contract begins so."""

    assert is_admin(path) is is_it


def test_a_caller_from_elsewhere_is_refused():
    """With what it is told, and who it is."""
    said = []

    async def send(event):
        said.append(event)

    scope = {"client": ("192.0.2.7", 1), "method": "GET", "path": "/_harness/state", "query_string": b""}
    asyncio.run(administer(Admin(Journal()), {}, scope, None, send))

    assert said[0]["status"] == 403
    assert "you are 192.0.2.7" in orjson.loads(said[1]["body"])["detail"]


def test_an_unknown_admin_route_names_those_there_are():
    """So that one can find the right one."""
    reply = get("/_harness/nothing")

    assert reply.status_code == 404
    assert "GET /_harness/exchanges" in reply.json()["detail"]
