"""Compositions are raised in containers, and nothing of them stays."""

import asyncio
import socket
import time
import urllib.request
from dataclasses import replace

import pytest

from harness.composition import raising
from harness.composition.images import ImageMap
from harness.composition.raising import Means, raised
from harness.errors import StackError
from harness.ports import free_ports
from harness.service import Composition, Probe, Service
from tests import states
from tests.containers.registry import registry

SERVER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"here")
print("serves", flush=True)
HTTPServer(("", 6000), Answer).serve_forever()
"""
ASKS = "import time, urllib.request as r; print(r.urlopen('http://{}:6000', timeout=5).read(), flush=True); time.sleep(60)"
ONCE_IT_ANSWERS = """
import time, urllib.request
while True:
    try:
        urllib.request.urlopen('http://127.0.0.1:6000'); break
    except OSError:
        time.sleep(0.05)
"""
WAITS_FOR_WORD = """
import os, time
while not os.path.exists('/kept/word') or not os.path.getsize('/kept/word'): time.sleep(0.02)
print(open('/kept/word').read()); time.sleep(60)
"""
KEEPS = SERVER.replace('b"here"', 'f\'here: {open("/kept/log").read()}| {open("/tmp/log").read()}\'.encode()')

pytestmark = pytest.mark.needs("docker")


def python(engine, name, program, **how):
    """A service that is a Python program."""
    return Service(name, engine.image, command=("python3", "-u", "-c", program), **how)


def said(url):
    """What answers there says."""
    with urllib.request.urlopen(url, timeout=5) as reply:
        return reply.read()


def server(engine, name, **how):
    """A service that says that it is there."""
    return python(engine, name, SERVER, ports=(6000,), probe=Probe(holds="here"), **how)


def test_services_stand_in_their_order_and_reach_each_other(engine, stood, told, tmp_path):
    """By name and by alias; each is called at a port of loopback, and what it says goes to its file."""
    both = Composition(
        "both",
        (
            python(engine, "asker", ASKS.format("stores"), after=("store",)),
            server(engine, "store", aliases=("stores",)),
        ),
    )

    def seen(running):
        states.seen((tmp_path / "asker.log").read_text, lambda words: "here" in words)
        return said(running.url("store")), running.urls, running.ended

    answer, urls, dead = stood(both, seen, told)

    assert (answer, list(urls), dead) == (b"here", ["store"], "")
    assert [words.partition(" after ")[0] for words in told.steps] == ["store ready", "asker ready"]
    assert told.waits[:2] == ["store started", "asker started"]
    assert (tmp_path / "asker.log").read_text() == "b'here'\n"
    assert (tmp_path / "store.log").read_text().startswith("serves\n")


def test_who_ends_spoils_the_start_within_a_second(engine, stood, monkeypatch):
    """Though another would be waited for; its code and its last words are told. A busy machine is given five tries."""
    given_up_s, remove = [], raising._Raising.remove

    async def noted(self):
        given_up_s.append(time.time())
        await remove(self)

    monkeypatch.setattr(raising._Raising, "remove", noted)
    slow = replace(server(engine, "slow"), probe=Probe("/", holds="never"), ready_limit_s=60.0)
    bad = python(engine, "bad", "import time; print('no such model at', time.time()); exit(3)")

    def late_s():
        with pytest.raises(
            StackError, match=r"bad: ended with code 3; its last words:\n  no such model at"
        ) as told:
            stood(Composition("spoilt", (slow, bad)))
        return given_up_s[-1] - float(str(told.value).split()[-1])

    assert any(late_s() < 1 for _ in range(5))


def test_who_ended_before_others_were_ready_is_told_too(engine, stood):
    """Also one that was ready once."""
    brief = python(engine, "brief", "import time; time.sleep(0.5); exit(5)")
    slow = replace(server(engine, "slow"), probe=Probe(holds="never"), ready_limit_s=60.0)

    with pytest.raises(StackError, match=r"brief: ended with code 5; its log is empty"):
        stood(Composition("spoilt", (brief, slow)))


def test_what_runs_out_of_memory_says_so(engine, stood):
    """With 137 and why."""
    greedy = python(
        engine,
        "greedy",
        "all = [bytes(1 << 20) + b'x' for _ in range(1 << 12)]",
        memory_bytes=64 << 20,
        ports=(6000,),
        probe=Probe(),
    )

    with pytest.raises(
        StackError, match=r"greedy: ended with code 137, because it ran out of memory; its log"
    ):
        stood(Composition("greedy", (greedy,)))


def test_what_never_gets_ready_is_told_with_what_it_said(engine, stood):
    """After the time that it is given, once it has answered at all."""
    answers = ("python3", "-c", ONCE_IT_ANSWERS)
    never = replace(
        server(engine, "never"), probe=Probe("/", holds="more"), prepare=answers, ready_limit_s=1.0
    )

    with pytest.raises(StackError) as told:
        stood(Composition("never", (never,)))

    assert str(told.value).startswith(
        "never: is not ready after 1 s: GET /: answers 200 'here'; its last words:\n  serves\n"
    )


def test_an_image_that_is_not_there_is_told_before_anything_is_started(engine, stood, told):
    """Also where a map names it."""
    lacking = Service("lacking", "opea/lacking:1")
    images = ImageMap({"opea/lacking:1": "opea-harness.local/lacking:1"})

    with pytest.raises(StackError) as refused:
        stood(Composition("two", (server(engine, "good"), lacking)), progress=told, images=images)

    assert str(refused.value) == (
        "opea-harness.local/lacking:1: is not on this machine, and such images are built, not pulled"
    )
    assert told.steps == []


def test_an_image_is_pulled_where_it_is_not_here_and_anew_where_that_is_asked_for(engine, stood):
    """From a registry; without being asked to, the one that is here is started, though the registry has a newer one."""
    with registry(engine.found) as kept:
        sleeper = Composition("one", (Service("sleeper", kept.image),))

        def made(running):
            return running.containers["sleeper"].facts()["Config"]["Labels"]["made"]

        def raised_after(offered, **how):
            kept.offer(offered)
            return stood(sleeper, made, **how)

        found = [raised_after("first"), raised_after("second"), raised_after("second", pull=True)]

    assert found == ["first", "first", "second"]


def test_an_image_that_its_registry_does_not_have_is_told_in_the_engines_words(engine, stood):
    """Nothing was started."""
    with registry(engine.found) as kept, pytest.raises(StackError) as refused:
        stood(Composition("one", (Service("sleeper", kept.image),)))

    assert str(refused.value) == (
        f"{kept.image}: cannot be pulled: manifest unknown; check its name, build it, or log in where it is kept"
    )


def test_a_disk_that_is_full_ends_what_stands(engine, stood, tmp_path):
    """Its log cannot be kept any more."""
    (tmp_path / "store.log").symlink_to("/dev/full")

    def seen(running):
        raise StackError(states.seen(lambda: running.ended))

    with pytest.raises(StackError, match=r"store.log: the log cannot be written: No space left on device; "):
        stood(Composition("one", (server(engine, "store"),)), seen)


def test_who_gives_up_leaves_nothing(engine, tmp_path):
    """Neither what stands nor what is being started; the fixture looks."""
    slow = replace(server(engine, "slow"), probe=Probe(holds="never"), ready_limit_s=60.0)

    async def go():
        means = Means({}, tmp_path)
        composition = Composition("slow", (slow, server(engine, "good")), volumes=("kept",))
        async with raised(engine.found, composition, means):
            raise AssertionError

    async def given_up(after_s):
        task = asyncio.ensure_future(go())
        await asyncio.sleep(after_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for after_s in (0.1, 1.0):
        asyncio.run(given_up(after_s))

        assert engine.left() == []


def test_what_is_in_a_volume_outlives_its_container(engine, stood, tmp_path):
    """It is another one's when the first is gone; with the composition it goes."""
    writes = python(
        engine,
        "writes",
        "open('/kept/word', 'w').write('here'); import time; time.sleep(60)",
        volumes={"kept": "/kept"},
    )
    reads = python(
        engine,
        "reads",
        WAITS_FOR_WORD,
        volumes={"kept": "/kept"},
        after=("writes",),
    )

    def seen(_running):
        return states.seen((tmp_path / "reads.log").read_text)

    assert stood(Composition("kept", (writes, reads), volumes=("kept",)), seen) == "here\n"


def test_another_container_of_a_service_has_its_volume_and_its_address(engine, tmp_path):
    """Whatever the first one kept elsewhere is gone."""
    program = "open('/kept/log', 'a').write('began '); open('/tmp/log', 'a').write('began ')\n" + KEEPS
    keeper = replace(
        server(engine, "keeper"), command=("python3", "-u", "-c", program), volumes={"kept": "/kept"}
    )

    async def go():
        composition = Composition("one", (keeper,), volumes=("kept",))
        async with raised(engine.found, composition, Means({}, tmp_path)) as running:
            before = running.url("keeper")
            await running.anew("keeper")
            return await asyncio.to_thread(said, running.url("keeper")), before == running.url("keeper")

    assert asyncio.run(go()) == (b"here: began began | began ", True)


def test_an_address_outlives_a_restart(engine, stood):
    """So that whoever was told of it finds the service again."""

    def again(running):
        before = running.url("store")
        running.containers["store"].begin_again(0)
        return before == running.url("store")

    assert stood(Composition("one", (server(engine, "store"),)), again) is True


def test_a_port_that_somebody_takes_is_tried_again_elsewhere(engine, stood, monkeypatch):
    """It was free when it was chosen."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        offered = iter([[taken.getsockname()[1]]])
        monkeypatch.setattr(raising, "free_ports", lambda count: next(offered, None) or free_ports(count))

        assert stood(Composition("one", (server(engine, "store"),)), lambda running: running.ended) == ""
