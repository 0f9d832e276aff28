"""Does `opea-harness up` leave anything behind, after many times up and down, and after kill -9 followed by `clean`?

    python benchmarks/containers.py cycles [--times 20] [--name seed --image-map FILE]
    python benchmarks/containers.py kills [--times 20] [--seed 0]

Counted before and after each time: containers, networks and volumes of our commands, their processes, the ports at which these and their
containers were reached, and temporary files. A container, a network and a volume of somebody else's stand meanwhile, and have to stand
in the end. Needs a Docker engine; without --name, two small services of this machine's own Python are raised.
Exit code 1 unless all is as before each time, and every command ended as it should.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from harness.containers.engine import OWNER, Engine, connected
from harness.owner import parsed
from tests.images.stand_ins.own import own

COMMAND = str(Path(sys.executable).with_name("opea-harness"))
DATA = Path(__file__).parents[1] / "tests" / "data" / "contained"
MARK = "OPEA_HARNESS_BENCHMARK"
READY_LIMIT_S = 900
END_LIMIT_S = 120
SETTLING_S = 5.0  # What a killed command had asked the engine for may still be on its way.

Census = dict[str, list[str]]


@dataclass(slots=True)
class Bench:
    """What is raised, and where; `pids` are those of our commands so far, `ports` those of their containers, less what others have taken since.

    `whole_s` is how long one is up and down: the moments in which it can be killed.
    """

    engine: Engine
    words: tuple[str, ...]
    place: Path
    pids: set[int] = field(default_factory=set)
    ports: set[int] = field(default_factory=set)
    whole_s: float = 0.0

    def started(self) -> subprocess.Popen[str]:
        """The command, with its mark and a place of its own for temporary files."""
        process = subprocess.Popen(
            [COMMAND, "up", *self.words, "--json"],
            env={**os.environ, MARK: str(os.getpid()), "TMPDIR": str(self.place)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pids.add(process.pid)
        return process

    def census(self) -> Census:
        """All that is there of our commands, by kind."""
        client, processes = self.engine.client, list(_marked())
        everybodys = client.containers.list(all=True, ignore_removed=True)
        containers = self._owned(everybodys)
        self.ports |= {port for each in containers for port in _published(each)}
        self.ports -= {port for each in everybodys if each not in containers for port in _published(each)}
        return {
            "containers": [each.name for each in containers],
            "networks": [each.name for each in self._owned(client.networks.list())],
            "volumes": [each.name for each in self._owned(client.volumes.list())],
            "processes": [f"{each.pid}" for each in processes],
            "ports": [str(port) for port in sorted(self.ports) if _is_open(port)],
            "files": sorted(str(each.relative_to(self.place)) for each in self.place.rglob("*")),
        }

    def settled(self) -> Census:
        """The same, once there is nothing or the time is over."""
        until = time.monotonic() + SETTLING_S
        while any((found := self.census()).values()) and time.monotonic() < until:
            time.sleep(0.1)
        return found

    def _owned(self, things: list[Any]) -> list[Any]:
        owners = {each.name: parsed(_labels(each).get(OWNER, "")) for each in things}
        return [each for each in things if (owner := owners[each.name]) and owner.pid in self.pids]


def _labels(thing: Any) -> dict[str, str]:
    found = thing.attrs.get("Labels") or thing.attrs.get("Config", {}).get("Labels")
    return found or {}


def _published(container: Any) -> Iterator[int]:
    for bound in (container.attrs["NetworkSettings"].get("Ports") or {}).values():
        yield from (int(one["HostPort"]) for one in bound or ())


def _marked() -> Iterator[psutil.Process]:
    """Processes that our commands started, whoever their parents are by now."""
    mark = str(os.getpid())
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if each.environ().get(MARK) == mark:
                yield each


def _is_open(port: int) -> bool:
    with socket.socket() as trial:
        trial.settimeout(1)
        return trial.connect_ex(("127.0.0.1", port)) == 0


def cycled(bench: Bench) -> tuple[str, bool]:
    """Up until ready, and down; what of it can be told, and whether all is as before."""
    began_s = time.monotonic()
    with bench.started() as process:
        limit = threading.Timer(READY_LIMIT_S, process.kill)
        limit.start()
        ready = bool(process.stdout and process.stdout.readline())
        limit.cancel()
        ready_s = time.monotonic() - began_s
        stood = bench.census()
        process.send_signal(signal.SIGINT)
        code = process.wait(END_LIMIT_S)
    down_s = time.monotonic() - began_s - ready_s
    left = bench.settled()
    told = f"up {ready_s:6.1f} s   down {down_s:5.1f} s   stood: {_counted(stood)}   exit {code}   left: {_counted(left)}"
    return told, ready and code == 0 and not any(left.values())


def killed(bench: Bench, after_s: float) -> tuple[str, bool]:
    """Kill the command at this moment, whatever it is doing, and clean; the same two."""
    with bench.started() as process:
        time.sleep(after_s)
        process.kill()
        process.wait(END_LIMIT_S)
    left = bench.census()
    done = subprocess.run(
        [COMMAND, "clean", "--json"],
        env={**os.environ, "TMPDIR": str(bench.place)},
        capture_output=True,
        text=True,
        timeout=END_LIMIT_S,
        check=False,
    )
    still = bench.settled()
    told = f"at {after_s:5.2f} s   left: {_counted(left)}   clean: exit {done.returncode}   then left: {_counted(still)}"
    return told + (f"   {done.stderr.strip()}" if done.returncode else ""), done.returncode == 0 and not any(
        still.values()
    )


def _counted(census: Census) -> str:
    return ", ".join(f"{len(names)} {kind}" for kind, names in census.items() if names) or "nothing"


@contextmanager
def somebody_elses(engine: Engine) -> Iterator[list[Any]]:
    """A container, a network and a volume without our mark; raises AssertionError where one does not stand in the end."""
    name = f"opea-harness-foreign-{os.getpid()}"
    client, made = engine.client, []
    try:
        made.append(client.containers.run(own(engine), ["sleep", "36000"], name=name, detach=True))
        made += [client.networks.create(name), client.volumes.create(name)]
        yield made
        for each in made:
            each.reload()
    finally:
        for each in made:
            each.remove(**({"force": True} if each is made[0] else {}))


def main() -> int:
    """One row a time, and whether all were as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("cycles", "kills"))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", help="what `opea-harness up` is to raise")
    parser.add_argument("--image-map", help="as `opea-harness up` takes it")
    chosen = parser.parse_args()
    with connected() as engine, tempfile.TemporaryDirectory() as folder, somebody_elses(engine):
        place = Path(folder) / "tmp"
        place.mkdir()
        bench = Bench(engine, _words(chosen, engine, Path(folder)), place)
        right = sum(_one(chosen, bench, number) for number in range(chosen.times))
    print(f"{right} of {chosen.times} left nothing; what is somebody else's stands")
    return 0 if right == chosen.times else 1


def _words(chosen: argparse.Namespace, engine: Engine, folder: Path) -> tuple[str, ...]:
    if chosen.name:
        return (chosen.name, *(("--image-map", chosen.image_map) if chosen.image_map else ()))
    path = folder / "map.json"
    path.write_text(json.dumps({"example/guardrail:1": own(engine)}))
    return ("pair", "--path", str(DATA), "--image-map", str(path))


def _one(chosen: argparse.Namespace, bench: Bench, number: int) -> bool:
    if chosen.what == "cycles":
        told, is_right = cycled(bench)
    else:
        if not number:
            began_s = time.monotonic()
            cycled(bench)
            bench.whole_s = time.monotonic() - began_s
        told, is_right = killed(bench, random.Random(f"{chosen.seed}:{number}").uniform(0.1, bench.whole_s))
    print(f"{number + 1:3}  {'right' if is_right else 'WRONG'}  {told}", flush=True)
    return is_right


if __name__ == "__main__":
    sys.exit(main())
