"""Asks addresses what they are, whether they are well, and one harmless request of their contract. All that happens is an `Answer`."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from urllib.parse import urlsplit

import orjson

from harness.client import Client, ClientError, Limits
from harness.comp import Comp, Endpoint, Example
from harness.contract.talk import JSON_TYPE, Talk
from harness.doctor.identity import services_of, title_of, vector_of
from harness.doctor.seen import Answer, Probe, Role

# What a person waits for the doctor, less what else it has to do; a page comes sooner.
WAIT_S, LOOK_S = 1.8, 1.0
JAEGER_S, PACE_S = 1.0, 0.2  # Our own gateway exports every 0.2 s, OPEA's services every 5 s.
# What only computes an answer; whatever may write something down is not asked.
_HARMLESS = frozenset({"EMBEDDING", "GUARDRAIL", "RERANK", "RETRIEVER", "LLM"})
_LISTS = ("/api/tags", "/v1/models")
_FILES = "/v1/dataprep/get"
_ONE_TOKEN = {"stream": False, "max_tokens": 1}
_NO_COMP = Comp(id="", title="", port=0, endpoints=())

Vector = asyncio.Task[list[float] | None]


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
    """How addresses are asked: by which client, of which comps, and whether requests of contracts are put.

    `wait_s` is how long such a request may take, a page half of it. `found` holds what is known so far, so that little is lost when the time is over.
    """

    client: Client
    comps: Mapping[str, Comp]
    is_passive: bool = False
    wait_s: float = WAIT_S
    found: dict[str, Probe] = field(default_factory=dict)

    @property
    def _looking(self) -> Limits:
        return _limits(max(LOOK_S, self.wait_s / 2))

    @property
    def _working(self) -> Limits:
        return _limits(self.wait_s)

    async def ask(self, wanted: Sequence[Wanted]) -> None:
        """All at once; then Jaeger, which is to have heard of the question that was asked meanwhile."""
        async with asyncio.TaskGroup() as group:
            nodes = [each for each in wanted if each.role == "node"]
            vector = group.create_task(self._vector([each for each in nodes if _is(each.comp, "EMBEDDING")]))
            for each in nodes:
                if not _is(each.comp, "EMBEDDING"):
                    group.create_task(self._node(each, vector))
            for each in wanted:
                if each.role == "gateway":
                    group.create_task(self._gateway(each))
        for each in wanted:
            if each.role == "jaeger":
                await self._jaeger(each)

    async def _vector(self, embeddings: Sequence[Wanted]) -> list[float] | None:
        """Asks the embeddings, and gives the vector of one, by which the retrievers can be asked."""
        await asyncio.gather(*(self._node(each, None) for each in embeddings))
        vectors = (vector_of(self.found[each.subject]) for each in embeddings)
        return next(filter(None, vectors), None)

    async def _jaeger(self, wanted: Wanted) -> None:
        asked = [each.answers.get("question") for each in self.found.values()]
        limit_s = JAEGER_S if any(each and each.status == 200 for each in asked) else 0.0
        began = monotonic()
        while True:
            answers = await self._all(wanted, {"services": "/api/services"})
            self._note(wanted, answers)
            if services_of(self.found[wanted.subject]) != [] or monotonic() - began > limit_s:
                return
            await asyncio.sleep(PACE_S)

    async def _gateway(self, wanted: Wanted) -> None:
        split = urlsplit(wanted.url)
        bare = replace(wanted, url=f"{split.scheme}://{split.netloc}")
        path = split.path if split.path.strip("/") else wanted.path
        answers = await self._all(bare, {"metrics": "/metrics", "ready": path})
        self._note(bare, answers)
        if not self.is_passive and wanted.question is not None and not answers["ready"].error:
            talk = Talk(self.client, bare.url, _NO_COMP, self._working)
            posted = _sent(talk, "POST", path, orjson.dumps(wanted.question), JSON_TYPE)
            self._note(bare, {**answers, "question": await _answered(f"POST {talk.url}{path}", posted)})

    async def _node(self, wanted: Wanted, vector: Vector | None) -> None:
        comp = wanted.comp
        models = next((path for path in _LISTS if comp and comp.endpoint(path, "GET")), "")
        asked = {"ready": comp.ready if comp else "/v1/health_check"} | ({"models": models} if models else {})
        answers = await self._all(wanted, asked)
        answers["title"] = answers["ready"]
        title = title_of(Probe(wanted.subject, wanted.role, wanted.url, answers=answers))
        comp = comp or next((each for each in self.comps.values() if title and each.title == title), None)
        self._note(wanted, answers, comp)
        if comp is None or answers["ready"].error:
            return
        contract = await self._contract(
            Talk(self.client, wanted.url, comp, self._working), wanted.path, vector
        )
        if contract is not None:
            answers["contract"] = contract
        if not self.is_passive and (files := comp.endpoint(_FILES)) and (example := _example(files)):
            talk = Talk(self.client, wanted.url, comp, self._working)
            answers["files"] = await _answered(f"POST {talk.url}{_FILES}", _put(talk, files, example, {}))
        self._note(wanted, answers, comp)
        if _is_odd(comp, title, answers):
            routes = await self._all(wanted, {"routes": "/openapi.json"})
            self._note(wanted, answers | routes, comp)

    async def _contract(self, talk: Talk, path: str, vector: Vector | None) -> Answer | None:
        """The answer to the first example of the contract that is to succeed; None where none may be put."""
        comp, extra = talk.comp, dict[str, object]()
        posts = [each for each in comp.endpoints if each.method == "POST" and path in ("", each.path)]
        example = _example(posts[0]) if posts else None
        is_harmless = comp.service_type in _HARMLESS and comp.framework and not self.is_passive
        if not is_harmless or example is None:
            return None
        if _is(comp, "LLM"):
            extra |= _ONE_TOKEN
        if _is(comp, "RETRIEVER"):
            found = await vector if vector else None
            if found is None:
                return None
            extra["embedding"] = found
        return await _answered(f"POST {talk.url}{posts[0].path}", _put(talk, posts[0], example, extra))

    async def _all(self, wanted: Wanted, routes: Mapping[str, str]) -> dict[str, Answer]:
        """GET each route, all at once."""
        talk = Talk(self.client, wanted.url, wanted.comp or _NO_COMP, self._looking)
        asked = [_answered(f"GET {talk.url}{path}", _sent(talk, "GET", path)) for path in routes.values()]
        return dict(zip(routes, await asyncio.gather(*asked), strict=True))

    def _note(self, wanted: Wanted, answers: Mapping[str, Answer], comp: Comp | None = None) -> None:
        id_ = comp.id if comp else ""
        self.found[wanted.subject] = Probe(wanted.subject, wanted.role, wanted.url, id_, answers)


async def _sent(
    talk: Talk, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    said = await talk.send(method, path, body, headers)
    return Answer("", said.status, said.content_type, said.body)


async def _put(talk: Talk, endpoint: Endpoint, example: Example, extra: Mapping[str, object]) -> Answer:
    said = await talk.put(endpoint, example, extra)
    return Answer("", said.status, said.content_type, said.body)


async def _answered(asked: str, work: Awaitable[Answer]) -> Answer:
    began = monotonic()
    try:
        answer = await work
    except ClientError as error:
        answer = Answer(asked, error=error.kind)
    return replace(answer, asked=asked, took_ms=(monotonic() - began) * 1000)


def _limits(wait_s: float) -> Limits:
    return Limits(connect_s=0.8, first_byte_s=wait_s, idle_s=1.0, total_s=wait_s + 0.2)


def _example(endpoint: Endpoint) -> Example | None:
    """The first example that is to succeed and needs nothing before it."""
    examples = (each for variant in endpoint.variants for each in variant.examples)
    return next((each for each in examples if each.status == 200 and not each.after and not each.files), None)


def _is_odd(comp: Comp, title: str, answers: Mapping[str, Answer]) -> bool:
    """May it be something else? Then its OpenAPI document is worth the work that it makes."""
    contract = answers.get("contract")
    is_refused = contract is not None and contract.status in (404, 405)
    return is_refused or answers["ready"].status >= 400 or (comp.framework and title != comp.title)


def _is(comp: Comp | None, service_type: str) -> bool:
    return comp is not None and comp.service_type == service_type
