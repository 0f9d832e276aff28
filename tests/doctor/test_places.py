"""Where containers can be asked from here."""

import asyncio
import socket
from dataclasses import replace

import pytest

from harness.doctor.case import Case
from harness.doctor.engine import Engine
from harness.doctor.places import addresses, knocks
from harness.doctor.seen import Knock
from tests.doctor.stacks import Stack, seed

HERE, THERE = Engine("unix:///docker.sock"), Engine("tcp://box:2375")


def urls(stack, engine):
    wanted, notes = addresses(Case(stack.seen), engine)
    return {each.subject: each.url for each in wanted}, notes


@pytest.mark.parametrize(("engine", "host"), [(HERE, "127.0.0.1"), (THERE, "box")])
def test_published_ports_are_asked_where_the_engine_is(engine, host):
    """Comps at their own port's mapping, Jaeger at its page's; a database is not asked over HTTP."""
    found, notes = urls(seed(), engine)

    assert found["clip-embedding-server"] == f"http://{host}:10203"
    assert found["jaeger"] == f"http://{host}:16686"
    assert "pgvector-db" not in found
    assert notes == []


def test_a_port_that_is_published_on_one_address_is_asked_there():
    """The machine may have several."""
    stack = seed()
    stack.inspect["jaeger"]["NetworkSettings"]["Ports"]["16686/tcp"][0]["HostIp"] = "10.1.2.3"

    assert urls(stack, HERE)[0]["jaeger"] == "http://10.1.2.3:16686"


def test_an_address_of_six_is_written_as_one():
    """In brackets, as addresses with colons are."""
    stack = seed()
    stack.inspect["jaeger"]["NetworkSettings"]["Ports"]["16686/tcp"][0]["HostIp"] = "::1"

    assert urls(stack, HERE)[0]["jaeger"] == "http://[::1]:16686"


def test_the_machine_is_tried_where_it_is_called():
    """At the address that the setting names."""
    stack = Stack({"asker": ("example/asker", {})})
    stack.machine = replace(stack.machine, addresses={"here": "127.0.0.9"})
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        stack.env("asker", "MY_URL", f"http://127.0.0.9:{port}")

        assert asyncio.run(knocks(Case(stack.seen), HERE)) == (Knock("127.0.0.9", port, is_open=False),)


def test_what_publishes_nothing_is_asked_in_its_network_if_that_is_here():
    """Else it is noted that it was not."""
    stack = seed()
    for said in (stack.inspect["jaeger"],):
        said["NetworkSettings"]["Ports"] = said["HostConfig"]["PortBindings"] = {}

    assert urls(stack, HERE)[0]["jaeger"] == "http://172.18.0.8:16686"
    assert urls(stack, THERE)[1] == [
        "jaeger: was not asked, because it publishes no port and its network is elsewhere"
    ]


def test_what_is_down_is_not_asked():
    """That it is down is known."""
    assert "jaeger" not in urls(seed().exited("jaeger", 1), HERE)[0]


def test_called_ports_are_tried_on_this_machine_only():
    """Open, closed, and none where the network is elsewhere."""
    stack = seed()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        stack.inspect["pgvector-db"]["NetworkSettings"]["Networks"]["seed_default"]["IPAddress"] = "127.0.0.1"
        ports = [each.getsockname()[1] for each in (server, closed)]
        for name, port in zip(("ONE_URL", "TWO_URL"), ports, strict=True):
            stack.env("jaeger", name, f"http://db:{port}")
        for name in ("retriever-pgvector", "clip-embedding-server"):
            stack.exited(name, 0)
            for key in (
                "PG_CONNECTION_STRING",
                "TEI_EMBEDDING_ENDPOINT",
                "CLIP_EMBEDDING_ENDPOINT",
                "TELEMETRY_ENDPOINT",
            ):
                stack.env(name, key, None)
        found = asyncio.run(knocks(Case(stack.seen), HERE))

    assert [(each.port, each.is_open) for each in found] == [(ports[0], True), (ports[1], False)]
    assert asyncio.run(knocks(Case(stack.seen), THERE)) == ()
