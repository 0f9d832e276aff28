"""Docker's Engine API, on a real socket."""

import asyncio
import hashlib
import json

import pytest

from harness.doctor.engine import SOCKET, Engine, _why, connected, engine_address, plain
from harness.errors import StackError
from tests.doctor.fake_engine import framed
from tests.doctor.stacks import seed


def test_containers_are_read_with_their_logs_and_nothing_is_written(engine):
    """Every request is a GET."""
    server = engine(seed().said("jaeger", "last words"))

    async def read():
        docker = await connected(server.address)
        first = (await docker.containers())[0]
        jaeger = server.stack.inspect["jaeger"]["Id"]
        return (
            await docker.inspect(first["Id"]),
            await docker.log(jaeger),
            await docker.info(),
            await docker.inspect("gone"),
        )

    inspected, log, info, gone = asyncio.run(read())

    assert inspected["Name"] == "/multimodal-clip-embedding-server"
    assert log[-1] == "last words"
    assert info["DockerRootDir"] == "/"
    assert gone is None
    assert {each.split()[0] for each in server.asked} == {"GET"}


def test_a_log_that_its_driver_keeps_is_none(engine):
    """Docker answers 501 then."""
    server = engine(seed())
    server.refuses_logs = True

    assert asyncio.run(Engine(server.address).log(server.stack.inspect["jaeger"]["Id"])) is None


def test_frames_are_taken_off_a_log():
    """A terminal's log has none and stays."""
    assert plain(framed(["one", "two"])) == b"one\ntwo\n"
    assert plain(b"plain text of a terminal\r\n") == b"plain text of a terminal\r\n"
    assert plain(framed(["one"]) + b"\x01\0") == b"one\n"


def refused(address):
    with pytest.raises(StackError) as raised:
        asyncio.run(connected(address))
    return str(raised.value)


def test_no_docker_is_one_sentence(tmp_path):
    """What is wrong, and what can be done instead."""
    (tmp_path / "file").touch()

    said = refused(f"unix://{tmp_path}/none.sock")

    assert said.startswith(
        f"Docker: the engine at unix://{tmp_path}/none.sock cannot be asked: there is no such socket"
    )
    assert said.endswith("or look at addresses alone with --node NAME=URL and --gateway URL")
    assert "nothing listens there" in refused(f"unix://{tmp_path}/file")


def test_a_socket_of_others_is_said():
    """The user is not in the group; root, as which tests may run, could open it."""
    assert _why(PermissionError(13, "denied")) == "this user may not use it (group docker, or sudo)"
    assert _why(TimeoutError()) == "it did not answer in time"


def test_an_address_of_another_kind_is_said():
    """Docker's own client knows ssh, the doctor does not."""
    assert refused("ssh://me@there").startswith(
        "Docker: ssh://me@there is none of unix:///PATH and tcp://HOST:PORT"
    )


def test_a_port_where_nobody_listens_is_said():
    """Port 1 of this machine is nobody's."""
    assert "nothing listens there, so it is not running" in refused("tcp://127.0.0.1:1")


def test_published_ports_are_where_the_engine_is():
    """On this machine for a socket, else on the engine's."""
    here, there = Engine("unix:///x"), Engine("tcp://box:2375")

    assert (here.host, here.is_here, there.host, there.is_here) == ("127.0.0.1", True, "box", False)


def test_an_engine_that_fails_is_said(engine):
    """With its own words."""
    server = engine(seed())
    server.answer = lambda _: (500, {"message": "boom"})

    with pytest.raises(StackError, match=r"answers 500 to GET /containers/json\?all=1: .*boom"):
        asyncio.run(Engine(server.address).containers())


def test_docker_is_where_it_was_said_to_be(tmp_path):
    """DOCKER_HOST goes before the context, which goes before the usual place."""
    meta = tmp_path / ".docker" / "contexts" / "meta" / hashlib.sha256(b"desktop").hexdigest()
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": "unix:///desk.sock"}}}))

    assert engine_address("tcp://x:1", "desktop", tmp_path) == "tcp://x:1"
    assert engine_address("", "desktop", tmp_path) == "unix:///desk.sock"
    assert engine_address("", "", tmp_path) == SOCKET
    (tmp_path / ".docker" / "config.json").write_text('{"currentContext": "desktop"}')
    assert engine_address("", "", tmp_path) == "unix:///desk.sock"
    (tmp_path / ".docker" / "config.json").write_text("no json")
    assert engine_address("", "default", tmp_path) == SOCKET
