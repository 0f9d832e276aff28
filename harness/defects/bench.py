"""A bench for gateways: raw nodes here, the engine under test in a process of its own, and every defect's cases tried on it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from harness.client import Client, ClientError, Limits
from harness.defects.catalogue import DEFECTS
from harness.defects.defect import NEAR, Ask, Case, Defect
from harness.defects.expectations import PENDING
from harness.defects.nodes import RawNodes
from harness.defects.spans import Spans, taking_spans
from harness.defects.witness import Answer, Witness
from harness.gateway.environment import Environment
from harness.gateway.launch import Engine, launch
from harness.processes.child import Child
from harness.verdict import Verdict, holds, unknown, violated

MODULE = "harness.defects.megaservice"
SETTLED_LIMIT_S = 1.5
POLL_S = 0.02
METRIC = re.compile(rb"^(megaservice_\w+)(?:\{\})? (\S+)$", re.MULTILINE)
LIMITS = Limits(total_s=2.0)


@asynccontextmanager
async def bench(engine: Engine, opea: Environment | None, log: Path) -> AsyncIterator["Bench"]:
    """A bench with this engine on it; `opea` is the environment of opea-comps, `log` where its process writes."""
    how = launch(MODULE, opea if engine == "opea" else None)
    client = Client()
    async with (
        RawNodes(case for defect in DEFECTS for case in defect.cases) as nodes,
        taking_spans() as spans,
    ):
        child = await Child.start(f"{engine} engine", how.argv, log, python=how.python)
        try:
            told = {"places": nodes.places, "variables": _variables(nodes), "otlp": spans.otlp}
            await child.configure({"engine": engine, **told})
            ready = await child.ready(how.ready_s)
            yield Bench(engine, child, client, nodes, ready["urls"]["gateway"], ready["facts"], spans)
        finally:
            await client.close()
            await child.stop()


def _variables(nodes: RawNodes) -> Mapping[str, str]:
    """A proxy that some nodes are reached by, and others not."""
    proxy = f"http://{NEAR}:{nodes.places[NEAR]}"
    return {"http_proxy": proxy, "https_proxy": "", "no_proxy": NEAR}


@dataclass(slots=True)
class Bench:
    """What `bench` gives; one case at a time."""

    engine: Engine
    child: Child
    client: Client
    nodes: RawNodes
    url: str
    facts: Mapping[str, Any]
    spans: Spans

    async def verdicts(self, defects: Iterable[Defect] = DEFECTS) -> list[Verdict]:
        """What is there of these defects, case by case: "violated" where the defect is."""
        return [await self.verdict(defect, case) for defect in defects for case in defect.cases]

    async def verdict(self, defect: Defect, case: Case) -> Verdict:
        """Whether this case's caller saw what it should; unknown where the engine's process has ended."""
        name, subject = defect.name(case), f"{case.node}.{case.mode}"
        should = case.expects.should
        try:
            witness = await self.tried(case)
        except ClientError as error:
            return unknown(name, subject, f"the {self.engine} engine's figures: {error}", expected=should)
        if self.child.exit_code is not None:
            return unknown(name, subject, f"the {self.engine} engine's process has ended", expected=should)
        saw = case.expects.saw(witness)
        if case.expects.met(witness):
            return holds(name, subject, expected=should, actual=saw)
        return violated(name, subject, defect.says, expected=should, actual=saw)

    async def tried(self, case: Case) -> Witness:
        """What is seen when the case's requests are sent."""
        calls = self.nodes.calls[case.slug]
        calls.clear()
        facts = self.facts[case.slug]
        witness = Witness(calls=calls, refused=facts["refused"], downstream=facts["downstream"])
        if case.counts:
            witness.before = await self._metrics()
        began_ns, said_bytes = time.time_ns(), self.child.log.stat().st_size
        asks = [self._ask(case, ask) for ask in case.asks]
        if case.at_once:
            witness.answers = list(await asyncio.gather(*asks))
        else:
            witness.answers = [await each for each in asks]
        await _until(lambda: all(call.is_over for call in calls))
        if case.counts:
            witness.after = await self._settled(witness)
        if case.traced:
            witness.spans = await self.spans.since(began_ns)
        witness.said = self.child.log.read_bytes()[said_bytes:].decode(errors="replace")
        return witness

    async def _settled(self, witness: Witness) -> Mapping[str, float]:
        """The metrics when nothing is pending any more, or after a while."""
        end = time.monotonic() + SETTLED_LIMIT_S
        metrics = await self._metrics()
        while metrics.get(PENDING, 0) > witness.before.get(PENDING, 0) and time.monotonic() < end:
            await asyncio.sleep(POLL_S)
            metrics = await self._metrics()
        return metrics

    async def _metrics(self) -> Mapping[str, float]:
        reply = await self.client.request("GET", f"{self.url}/metrics", limits=LIMITS)
        return {name.decode(): float(value) for name, value in METRIC.findall(reply.body)}

    async def _ask(self, case: Case, ask: Ask) -> Answer:
        await asyncio.sleep(ask.after_s)
        url = f"{self.url}{ask.path or f'/{case.slug}'}"
        limits = Limits(first_byte_s=ask.limit_s, idle_s=ask.limit_s, total_s=ask.limit_s)
        headers = (("Content-Type", "application/json"), *ask.headers)
        body = orjson.dumps(ask.body) if ask.method == "POST" else b""
        began_s, answer = time.monotonic(), Answer(0)
        try:
            async with self.client.stream(
                ask.method, url, headers=headers, body=body, limits=limits
            ) as reply:
                pieces: list[bytes] = []
                error = ""
                try:
                    async for _, piece in reply:
                        pieces.append(piece)
                        if ask.leaves:
                            break
                except ClientError as broken:
                    error = broken.kind
                answer = Answer(
                    reply.status, reply.headers.get("content-type") or "", b"".join(pieces), error
                )
        except ClientError as refused:
            answer = Answer(0, error=refused.kind)
        return replace(answer, took_s=time.monotonic() - began_s)


async def _until(true: Callable[[], bool]) -> None:
    """Wait for a state, a little while."""
    for _ in range(int(SETTLED_LIMIT_S / POLL_S)):
        if true():
            return
        await asyncio.sleep(POLL_S)
