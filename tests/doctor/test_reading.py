"""Everything is gathered at one moment: containers over a real socket, addresses, the machine."""

import asyncio
import socket

import pytest

from harness.discovery import COMP, discover
from harness.doctor import reading
from harness.doctor.asking import Wanted
from harness.doctor.case import Case
from harness.doctor.diagnose import diagnose
from harness.doctor.engine import Engine
from harness.doctor.reading import Look, look, machine
from harness.doctor.seen import Answer, Probe
from harness.errors import UsageError
from tests.doctor.by_route import HANGS, http, routes
from tests.doctor.stacks import Stack, seed

COMPS = discover(COMP)
HERE = "127.0.0.1"
PATIENCE_S = 10.0  # A busy machine is slow, and not broken.


def looked(engine, names=(), wanted=(), **how):
    """What is seen of the engine's containers."""
    what = Look(names, wanted, COMPS, wait_s=PATIENCE_S, **how)
    return asyncio.run(look(what, Engine(engine.address) if engine else None))


def stopped(stack):
    """The stack without what answers at addresses, so that nobody else's port is asked."""
    for said in stack.inspect.values():
        said["NetworkSettings"]["Networks"]["seed_default"]["IPAddress"] = ""
        said["NetworkSettings"]["Ports"] = said["HostConfig"]["PortBindings"] = {}
    return stack


def test_containers_are_seen_with_their_logs_and_the_engines_clock(engine):
    """All of the project, as Docker shows them."""
    seen = looked(engine(stopped(seed()).said("jaeger", "last words")))

    assert len(seen.containers) == 7
    assert seen.containers[-1].log[-1] == "last words"
    assert seen.now_s == pytest.approx(1795348800, abs=1)
    assert seen.unseen == ()


def test_what_was_seen_over_the_socket_is_judged(engine):
    """From Docker's JSON to the first finding."""
    stack = stopped(seed()).looping("retriever-pgvector", "KeyError: 'PG_CONNECTION_STRING'")

    first = diagnose(Case(looked(engine(stack)))).findings[0]

    assert (first.service, first.id, first.cause) == ("retriever-pgvector", "crash-loop", "missing-variable")


def test_a_name_chooses_one_container_and_its_neighbours_are_known(engine):
    """Whom it calls is needed to judge its settings."""
    seen = looked(engine(stopped(seed())), ("clip-embedding-server",))

    assert [each.name for each in seen.containers] == ["clip-embedding-server"]
    assert len(seen.neighbours) == 6
    with pytest.raises(UsageError, match="nope: is no compose project"):
        looked(engine(seed()), ("nope",))


def test_a_log_that_cannot_be_read_is_unseen(engine):
    """And so nothing is green."""
    server = engine(stopped(seed()))
    server.refuses_logs = True

    assert "jaeger: its log cannot be read with its logging driver" in looked(server).unseen


def test_a_container_that_cannot_be_reached_is_noted(engine):
    """It publishes nothing, and its network is elsewhere."""
    notes = looked(engine(stopped(seed()))).notes

    assert len(notes) == 6
    assert "jaeger: was not asked, because it publishes no port" in notes[-1]


def test_published_ports_are_asked_and_called_ports_are_tried(engine):
    """On real sockets: one that answers, one where nobody listens."""

    async def both():
        closed = socket.socket()
        closed.bind((HERE, 0))
        async with routes(
            {"/v1/health_check": http(200, b'{"Service Title":"opea_service@embedding"}')}
        ) as url:
            port = int(url.rpartition(":")[2])
            stack = Stack(
                {
                    "clip-embedding-server": ("opea/embedding:latest", {"ports": {port: 6000}}),
                    "caller": (
                        "opea/chatqna:latest",
                        {"env": {"A_URL": f"http://clip-embedding-server:{port}"}},
                    ),
                    "other": (
                        "x",
                        {"env": {"B_URL": f"http://clip-embedding-server:{closed.getsockname()[1]}"}},
                    ),
                }
            )
            for said in stack.inspect.values():
                said["NetworkSettings"]["Networks"]["seed_default"]["IPAddress"] = HERE
            with closed:
                return await look(
                    Look((), (), COMPS, is_passive=True, wait_s=PATIENCE_S), Engine(engine(stack).address)
                )

    seen = asyncio.run(both())

    assert [each.subject for each in seen.probes] == ["clip-embedding-server"]
    assert seen.probes[0].answers["ready"].status == 200
    assert sorted(each.is_open for each in seen.knocks) == [False, True]


def test_the_log_of_who_failed_before_our_eyes_is_read_again(engine):
    """What it says of our own request stands there only afterwards."""

    async def both():
        title = http(200, b'{"Service Title":"opea_service@embedding"}')
        async with routes({"/v1/health_check": title, "/v1/embeddings": http(500)}) as url:
            stack = Stack({"embedding": ("opea/embedding:latest", {"ports": {url.rpartition(":")[2]: 6000}})})
            server = engine(stack)
            stack.logs["embedding"] = ("first",)
            server.after_first_log = ("first", "KeyError: 'TEI_EMBEDDING_ENDPOINT'")
            return await look(Look((), (), COMPS, wait_s=PATIENCE_S), Engine(server.address))

    found = diagnose(Case(asyncio.run(both()))).findings

    assert [each.cause for each in found if each.id == "health-lies"] == ["missing-variable"]


@pytest.mark.parametrize(("is_new", "told"), [(False, "traces-empty"), (True, "traces-unseen")])
def test_traces_of_what_was_served_just_now_may_be_on_their_way(engine, is_new, told):
    """Of what was served before they are missing."""

    async def both():
        async with routes({"/api/services": http(200, b'{"data":[]}')}) as url:
            stack = stopped(seed())
            served = 'INFO:     172.18.0.1:41234 - "POST /v1/embeddings HTTP/1.1" 200 OK'
            stack.said("clip-embedding-server", served)
            place = {"16686/tcp": [{"HostIp": HERE, "HostPort": url.rpartition(":")[2]}]}
            stack.inspect["jaeger"]["NetworkSettings"]["Ports"] = place
            server = engine(stack)
            server.is_new = is_new
            return await look(Look((), (), COMPS, wait_s=PATIENCE_S), Engine(server.address))

    found = diagnose(Case(asyncio.run(both())))

    assert [each.id for each in (*found.findings, *found.doubts) if each.service == "jaeger"] == [told]


def test_addresses_need_no_docker(tmp_path):
    """Nothing is known of containers then."""
    seen = looked(None, wanted=(Wanted("llm", "node", "http://127.0.0.1:1"),))

    assert (seen.containers, seen.probes[0].answers["ready"].error) == ((), "refused")


def test_what_takes_too_long_is_unseen_and_the_rest_is_kept(monkeypatch):
    """The whole look has a limit."""
    monkeypatch.setattr(reading, "LIMIT_S", 0.5)

    async def both():
        async with routes({"/v1/health_check": HANGS}) as slow:
            wanted = (Wanted("slow", "node", slow), Wanted("gone", "node", "http://127.0.0.1:1"))
            return await look(Look((), wanted, COMPS), None)

    seen = asyncio.run(both())

    assert seen.unseen == ("not all could be looked at within 0.5 s",)
    assert [each.subject for each in seen.probes] == ["gone"]


def test_the_machine_of_the_containers_is_known_with_its_addresses(tmp_path):
    """Loopback, which every machine has, is none of them."""
    found = reading._around(tmp_path)

    assert found.place == str(tmp_path)
    assert "lo" not in found.addresses
    assert all(each.count(".") == 3 for each in found.addresses.values())


def test_silence_from_a_network_that_is_elsewhere_says_nothing():
    """Docker in a virtual machine: what publishes no port cannot be asked, and is noted."""
    stack = seed()
    reader = reading._Reading(Look((), (), COMPS), None)
    reader._seen = stack.seen
    silent = Answer("GET /", error="connect_timeout")
    wanted = [
        Wanted("jaeger", "jaeger", "http://172.18.0.8:16686"),
        Wanted("other", "node", "http://127.0.0.1:1"),
    ]
    for each in wanted:
        reader._probes[each.subject] = Probe(each.subject, each.role, each.url, answers={"ready": silent})

    reader._forget(wanted)

    assert [each.subject for each in reader.seen.probes] == ["other"]
    assert reader.seen.notes[-1].startswith("jaeger: was not asked")


def test_who_waits_longer_is_given_longer():
    """Two requests may have to follow each other."""
    look_at = Look((), (), COMPS)

    assert look_at.limit_s == reading.LIMIT_S < 3
    assert Look((), (), COMPS, wait_s=20.0).limit_s > 40


def test_the_machine_is_read_where_docker_keeps_its_data(tmp_path):
    """Or, where that may not be seen, at the nearest folder above it."""
    found = machine(tmp_path / "not" / "there")

    assert found.place == str(tmp_path)
    assert 0 < found.disk_free_bytes <= found.disk_bytes
    assert 0 < found.memory_free_bytes <= found.memory_bytes
