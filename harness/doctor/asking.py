"""Asks one address what it is, whether it is well, and one harmless request of its contract. Everything that happens is an `Answer`."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import urlsplit

import orjson

from harness.client import Client, ClientError, Limits
from harness.comp import Comp, Endpoint, Example
from harness.contract.talk import JSON_TYPE, Talk
from harness.doctor.identity import title_of
from harness.doctor.seen import Answer, Probe, Role

LIMITS = Limits(connect_s=1.0, first_byte_s=2.5, idle_s=1.0, total_s=3.0)
# What only computes an answer; whatever may write something down is not asked.
_HARMLESS = frozenset({"EMBEDDING", "GUARDRAIL", "RERANK", "RETRIEVER", "LLM"})
_LISTS = ("/api/tags", "/v1/models")
_ONE_TOKEN = {"stream": False, "max_tokens": 1}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address to ask: whose it is, what is to answer there, and by which route; `question` is a gateway's request body."""

    subject: str
    role: Role
    url: str
    comp: Comp | None = None
    path: str = ""
    question: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How addresses are asked: by which client, of which comps, and whether requests of contracts are put."""

    client: Client
    comps: Mapping[str, Comp]
    is_passive: bool = False

    async def ask(self, wanted: Sequence[Wanted]) -> tuple[Probe, ...]:
        """All at once; retrievers last, because their vector is what the stack's own embedding gives."""
        first = [each for each in wanted if not _is_retriever(each.comp)]
        found = list(await asyncio.gather(*(self._probe(each, None) for each in first)))
        vector = next(filter(None, map(_vector, found)), None)
        rest = [each for each in wanted if each not in first]
        return (*found, *await asyncio.gather(*(self._probe(each, vector) for each in rest)))

    async def _probe(self, wanted: Wanted, vector: list[float] | None) -> Probe:
        probe = Probe(wanted.subject, wanted.role, wanted.url, wanted.comp.id if wanted.comp else "")
        match wanted.role:
            case "jaeger":
                return replace(probe, answers=await self._all(wanted, {"services": "/api/services"}))
            case "gateway":
                return replace(probe, answers=await self._gateway(wanted))
        return await self._node(wanted, probe, vector)

    async def _gateway(self, wanted: Wanted) -> dict[str, Answer]:
        split = urlsplit(wanted.url)
        bare = replace(wanted, url=f"{split.scheme}://{split.netloc}")
        path = split.path if split.path.strip("/") else wanted.path
        if self.is_passive or wanted.question is None:
            return await self._all(bare, {"metrics": "/metrics", "ready": path})
        posted = asyncio.create_task(
            self._put(Talk(self.client, bare.url, _NO_COMP, LIMITS), path, wanted.question)
        )
        found = await self._all(bare, {"metrics": "/metrics"})
        return {**found, "question": await posted}

    async def _node(self, wanted: Wanted, probe: Probe, vector: list[float] | None) -> Probe:
        comp = wanted.comp
        routes = {"ready": comp.ready if comp else "/v1/health_check", "routes": "/openapi.json"}
        if comp is not None:
            models = next((path for path in _LISTS if comp.endpoint(path, "GET")), "")
            routes |= {"models": models} if models else {}
        answers = await self._all(wanted, routes)
        probe = replace(probe, answers={**answers, "title": answers["ready"]})
        if comp is None:
            title = title_of(probe)
            comp = next((each for each in self.comps.values() if title and each.title == title), None)
            probe = replace(probe, comp=comp.id if comp else "")
        if comp is None or self.is_passive or answers["ready"].error:
            return probe
        talk = Talk(self.client, wanted.url, comp, LIMITS)
        contract = await self._contract(talk, wanted.path, vector)
        return replace(probe, answers={**probe.answers, "contract": contract}) if contract else probe

    async def _contract(self, talk: Talk, path: str, vector: list[float] | None) -> Answer | None:
        """The answer to the first example of the contract that is to succeed; None where none may be put."""
        comp = talk.comp
        if comp.service_type not in _HARMLESS or not comp.framework:
            return None
        endpoint = (
            comp.endpoint(path) if path else next((e for e in comp.endpoints if e.method == "POST"), None)
        )
        example = _example(endpoint) if endpoint else None
        if endpoint is None or example is None or (_is_retriever(comp) and vector is None):
            return None
        extra: dict[str, object] = {"embedding": vector} if _is_retriever(comp) else {}
        extra |= _ONE_TOKEN if comp.service_type == "LLM" else {}
        return await _answered(f"POST {talk.url}{endpoint.path}", _contracted(talk, endpoint, example, extra))

    async def _put(self, talk: Talk, path: str, body: Mapping[str, object]) -> Answer:
        return await _answered(
            f"POST {talk.url}{path}", _sent(talk, "POST", path, orjson.dumps(body), JSON_TYPE)
        )

    async def _all(self, wanted: Wanted, routes: Mapping[str, str]) -> dict[str, Answer]:
        """GET each route, all at once."""
        talk = Talk(self.client, wanted.url.rstrip("/"), wanted.comp or _NO_COMP, LIMITS)
        asked = [_answered(f"GET {talk.url}{path}", _sent(talk, "GET", path)) for path in routes.values()]
        return dict(zip(routes, await asyncio.gather(*asked), strict=True))


_NO_COMP = Comp(id="", title="", port=0, endpoints=())


async def _sent(
    talk: Talk, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    said = await talk.send(method, path, body, headers)
    return Answer("", said.status, said.content_type, said.body)


async def _contracted(
    talk: Talk, endpoint: Endpoint, example: Example, extra: Mapping[str, object]
) -> Answer:
    said = await talk.put(endpoint, example, extra)
    return Answer("", said.status, said.content_type, said.body)


async def _answered(asked: str, work: Awaitable[Answer]) -> Answer:
    began = monotonic()
    try:
        answer = await work
    except ClientError as error:
        answer = Answer(asked, error=error.kind)
    return replace(answer, asked=asked, took_ms=(monotonic() - began) * 1000)


def _example(endpoint: Endpoint) -> Example | None:
    """The first example that is to succeed and needs nothing before it."""
    examples = (each for variant in endpoint.variants for each in variant.examples)
    return next((each for each in examples if each.status == 200 and not each.after and not each.files), None)


def _is_retriever(comp: Comp | None) -> bool:
    return comp is not None and comp.service_type == "RETRIEVER"


def _vector(probe: Probe) -> list[float] | None:
    """The vector that an embedding gave to its contract's request."""
    answer = probe.answers.get("contract")
    try:
        said = orjson.loads(answer.body) if answer and answer.status == 200 else None
        found = said["data"][0]["embedding"] if isinstance(said, dict) and "data" in said else None
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return None
    return found if isinstance(found, list) else None
