"""Admin requests are answered over HTTP, for this machine alone."""

import asyncio

import orjson
import pytest

from harness.admin import Admin
from harness.journal import Journal
from harness.wire.caller import Caller
from harness.wire.desk import AdminDesk, ask_admin
from harness.wire.messages import Request


def at_desk(kit, *requests):
    """The replies of the desk of a node named llm."""

    async def main():
        desk = AdminDesk({"llm": Admin(Journal())})
        server = await asyncio.get_running_loop().create_server(lambda: Caller(desk), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        line = kit.Line(reader, writer)
        found = [await line.ask(request) for request in requests]
        writer.close()
        await writer.wait_closed()
        server.close()
        return [(int(head.split(b" ")[1]), orjson.loads(body)) for head, body in found]

    return asyncio.run(main())


def test_the_node_is_in_the_path(kit):
    """`/_harness/<node>/...` is that node's; one connection serves several requests."""
    asked = b"GET /_harness/llm/exchanges?since=0 HTTP/1.1\r\n\r\n"

    assert at_desk(kit, asked, asked) == [(200, {"exchanges": [], "last": 0, "forgotten": 0})] * 2


@pytest.mark.parametrize("path", [b"/_harness/nobody/faults", b"/", b"/_harness/"])
def test_an_unknown_node_is_told_the_known_ones(kit, path):
    """The message says what there is."""
    ((status, found),) = at_desk(kit, b"GET " + path + b" HTTP/1.1\r\n\r\n")

    assert (status, found["detail"]) == (
        404,
        f"{path.decode()}: no admin route; there are /_harness/llm/faults",
    )


def test_a_request_too_long_to_hold_is_refused(kit):
    """The admin routes do not stream."""
    ((status, found),) = at_desk(kit, kit.post("/_harness/llm/faults", b"x" * 300_000))

    assert (status, found) == (413, {"detail": "request: is too long"})


def test_callers_from_elsewhere_are_refused():
    """Another machine gets no answer but a refusal, and changes nothing."""

    class Elsewhere(Caller):
        def __init__(self):
            self.peer = "10.0.0.5"
            self.written = b""

        def write(self, data):
            self.written += data

        def done(self, *, keep=True):
            pass

    caller = Elsewhere()
    ask_admin(Admin(Journal()), caller, Request(0, b"GET", b"/_harness/exchanges", whole=True), "/").begin()

    assert caller.written.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"you are 10.0.0.5" in caller.written
