"""How fast an orchestrator is: ours, a chain written by hand, and the real opea-comps, in one run on the same nodes.

    python benchmarks/orchestrator.py [--seconds 5] [--rounds 3] [--streams 1,32,128] [--opea-python PATH] [--json]

The nodes are one process, the orchestrator another, the clients this one: 16 keep-alive clients for throughput,
streams begun evenly over 2 s for the time to the first token. Rounds of all orchestrators alternate, a figure is the
median over the rounds. `--opea-python` names the Python of an environment that holds opea-comps 1.5.
"""

import argparse
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import uvloop
from chain_clients import fan_ms, first_tokens_ms, health_ms, throughput

HERE = Path(__file__).parent
HOPS = 5
FAN_REQUESTS = 20
HEALTH_REQUESTS = 300
WARM_UP_S = 0.5


@dataclass(frozen=True)
class Runner:
    """An orchestrator to be measured: its name and its command, without the ports."""

    name: str
    command: tuple[str, ...]

    @contextlib.contextmanager
    def running(self, ports: dict[str, int]) -> Iterator[tuple[str, psutil.Process]]:
        """Its address and its process, as long as it serves."""
        port = _free_port()
        command = [*self.command, "--ports", json.dumps(ports), "--port", str(port)]
        with _process(command) as process:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)


@contextlib.contextmanager
def nodes(*arguments: str) -> Iterator[dict[str, int]]:
    """The ports of the nodes, as long as they serve."""
    with _process([sys.executable, str(HERE / "chain_nodes.py"), *arguments]) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args!r}: did not serve on port {port} within 60 s")


@dataclass
class Sample:
    """What one round of one orchestrator gave: requests a second, and microseconds of its CPU for each hop."""

    rate_per_s: float
    hop_cpu_us: float


def measure_rate(runner: Runner, ports: dict[str, int], seconds: float) -> Sample:
    """Throughput and CPU of one orchestrator, after a warm-up."""
    with runner.running(ports) as (url, process):
        uvloop.run(throughput(url, WARM_UP_S))
        before = process.cpu_times()
        rate_per_s = uvloop.run(throughput(url, seconds))
        after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    return Sample(rate_per_s, cpu_s * 1e6 / (rate_per_s * seconds * HOPS))


def measure_streams(runner: Runner | None, ports: dict[str, int], count: int) -> dict[str, float]:
    """Time to the first token through the chain, or of the model asked directly, in milliseconds."""
    if runner is None:
        told = uvloop.run(first_tokens_ms(f"http://127.0.0.1:{ports['llm']}", "/v1/chat/completions", count))
    else:
        with runner.running(ports) as (url, _):
            uvloop.run(throughput(url, WARM_UP_S))
            told = uvloop.run(first_tokens_ms(url, "/v1/chain", count))
    return {"p50": float(np.percentile(told, 50)), "p99": float(np.percentile(told, 99))}


def measure_waiting(runner: Runner, ports: dict[str, int]) -> dict[str, float]:
    """Fan-out of 16 nodes, and `/health` beside 128 streams that wait, in milliseconds."""
    with runner.running(ports) as (url, _):
        fan = uvloop.run(fan_ms(url, FAN_REQUESTS))
        health = uvloop.run(health_ms(url, 128, HEALTH_REQUESTS))
    return {
        "fan_p50": float(np.percentile(fan, 50)),
        "fan_max": max(fan),
        "health_p99": float(np.percentile(health, 99)),
    }


def runners(opea_python: str | None, otlp: str) -> list[Runner]:
    """All that is measured."""
    megaservice = str(HERE / "chain_megaservice.py")
    found = [
        Runner("by hand", (sys.executable, str(HERE / "chain_by_hand.py"))),
        Runner("ours", (sys.executable, megaservice)),
        Runner("ours, traced", (sys.executable, megaservice, "--otlp", otlp)),
    ]
    if opea_python:
        found.append(Runner("opea", (opea_python, megaservice, "--package", "comps")))
    return found


def main() -> None:
    """Measure, and print a table, or one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--streams", default="1,32,128")
    parser.add_argument("--opea-python")
    parser.add_argument("--only", choices=("rate", "streams", "waiting"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    told: dict[str, dict[str, float]] = {}
    with nodes() as ports:
        everyone = runners(given.opea_python, f"http://127.0.0.1:{ports['llm']}/v1/traces")
        if given.only in (None, "rate"):
            told |= _rates(everyone, ports, given.rounds, given.seconds)
        for count in map(int, given.streams.split(",")) if given.only in (None, "streams") else ():
            told[f"ttft of {count}, model"] = measure_streams(None, ports, count)
            for runner in everyone[1:]:
                told[f"ttft of {count}, {runner.name}"] = measure_streams(runner, ports, count)
        for runner in everyone[1:] if given.only in (None, "waiting") else ():
            told[f"waiting, {runner.name}"] = measure_waiting(runner, ports)
    if given.json:
        print(json.dumps(told))
        return
    for name, figures in told.items():
        print(f"{name:28}", *(f"{key} {value:10.2f}" for key, value in figures.items()))


def _rates(
    everyone: list[Runner], ports: dict[str, int], rounds: int, seconds: float
) -> dict[str, dict[str, float]]:
    samples: dict[str, list[Sample]] = {runner.name: [] for runner in everyone}
    for _ in range(rounds):
        for runner in everyone:
            samples[runner.name].append(measure_rate(runner, ports, seconds))
    rates = {name: statistics.median(each.rate_per_s for each in of) for name, of in samples.items()}
    told = {}
    for name, of in samples.items():
        told[f"rate, {name}"] = {
            "rate_per_s": rates[name],
            "least": min(each.rate_per_s for each in of),
            "most": max(each.rate_per_s for each in of),
            "hop_cpu_us": statistics.median(each.hop_cpu_us for each in of),
            "to_hand": rates[name] / rates["by hand"],
            "to_ours": rates[name] / rates["ours"],
        }
    return told


if __name__ == "__main__":
    main()
