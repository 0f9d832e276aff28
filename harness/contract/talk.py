"""Puts requests to the server that is verified, as a contract's examples say them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import psutil

from harness.client import Client, Limits
from harness.comp import Comp, Endpoint, Example, Upload
from harness.contract.curl import Asked
from harness.errors import ContractError

BOUNDARY = "opea-harness-contract"
JSON_TYPE = {"content-type": "application/json"}
LIMITS = Limits(connect_s=2.0, first_byte_s=10.0, idle_s=10.0, total_s=30.0)
SHOWN = 200
Process = psutil.Process
IN_NAMES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})  # As browsers write them into a form.


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `pieces` are the reads of the body and when each happened, in monotonic nanoseconds.

    `location` is where a redirection leads, which is never followed.
    """

    status: int
    content_type: str
    body: bytes
    pieces: tuple[tuple[int, bytes], ...] = ()
    asked: Asked | None = None
    location: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def shown(self) -> str:
        """Status, where it leads, and the beginning of the body, for a message."""
        status = f"{self.status} (to {self.location})" if self.location else str(self.status)
        return f"{status} {self.body[:SHOWN].decode('utf-8', 'replace')}".strip()


@dataclass(frozen=True, slots=True)
class Talk:
    """A server at `url` that is said to be `comp`; the client is the caller's, who closes it.

    `seed` draws what is generated, `drawn_max` is how many requests of a kind are; `last` holds what was asked last. `others` are comps
    that run with it, by id: of a retriever the dataprep that fills what it searches. `process` is the server's, where it is known.
    """

    client: Client
    url: str
    comp: Comp
    limits: Limits = LIMITS
    seed: int = 0
    drawn_max: int = 20
    last: list[Asked] = field(default_factory=list)
    others: Mapping[str, "Talk"] = field(default_factory=dict)
    process: Process | None = None

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, byte for byte, and its whole answer."""
        pieces: list[tuple[int, bytes]] = []
        asked = Asked(method, self.url.rstrip("/") + path, headers or {}, body)
        self.last[:] = [asked]
        posted = self.client.stream(method, asked.url, headers=asked.headers, body=body, limits=self.limits)
        async with posted as reply:
            async for piece in reply:
                pieces.append(piece)  # noqa: PERF401 - What came before a break is of no use here.
            content_type = reply.headers.get("content-type", "")
            whole = b"".join(data for _, data in pieces)
            location = reply.headers.get("location", "")
            return Answer(reply.status, content_type, whole, tuple(pieces), asked, location)

    async def put(
        self, endpoint: Endpoint, example: Example, extra: Mapping[str, object] | None = None
    ) -> Answer:
        """An example's request, with `extra` fields merged into its JSON; what is to come before it is put first."""
        example = await self.prepared(example)
        path = endpoint.path.format(**{name: quote(value, safe="") for name, value in example.path.items()})
        request = example.request
        if extra:
            request = {**(request if isinstance(request, dict) else {}), **extra}
        if endpoint.body == "form":
            head = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
            return await self.send(endpoint.method, path, multipart(request, example.files), head)
        if endpoint.body == "query" and isinstance(request, dict):
            return await self.send(endpoint.method, f"{path}?{urlencode(request, doseq=True)}")
        if endpoint.body == "none" or request is None:
            return await self.send(endpoint.method, path)
        return await self.send(endpoint.method, path, orjson.dumps(request), JSON_TYPE)

    async def prepared(self, example: Example) -> Example:
        """The example with what the requests before it gave in the place of their names; it can then be put once.

        A name stays where its request gave nothing: the answer to the example then tells of it.
        """
        given: dict[str, str] = {}
        for before in example.after:
            endpoint = next((each for each in self.comp.endpoints if each.key == before.key), None)
            if endpoint is None:
                raise ContractError(
                    f"{self.comp.id}: {example.name} comes after {before.key}, which is no endpoint"
                )
            answer = (await self.put(endpoint, _filled(before.sends, given))).json
            for step in before.pick.split(".") if before.pick else ():
                answer = _step(answer, step)
            if isinstance(answer, str):
                given[f"${before.name}"] = answer
        return _filled(example, given)

    async def is_well(self) -> bool:
        """Whether the comp's own readiness route answers 200."""
        return (await self.send("GET", self.comp.ready)).status == 200


def _step(value: object, step: str) -> object:
    """The field of an object, or, by its place (-1 is the last), the member of a list; None where there is none."""
    if isinstance(value, list):
        at = int(step) if step.lstrip("-").isdigit() else len(value)
        return value[at] if -len(value) <= at < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def _filled(example: Example, given: Mapping[str, str]) -> Example:
    """The example with names replaced, and nothing left to come before it."""
    path = {name: given.get(value, value) for name, value in example.path.items()}
    return replace(example, path=path, request=_replaced(example.request, given), after=())


def _replaced(value: object, given: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        return {name: _replaced(each, given) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, given) for each in value]
    return given.get(value, value) if isinstance(value, str) else value


def multipart(fields: object, files: Mapping[str, Upload | tuple[Upload, ...]]) -> bytes:
    """A multipart form of text fields, a tuple standing several times, and uploads."""
    given = fields if isinstance(fields, dict) else {}
    parts = [
        _part(name, str(each).encode())
        for name, value in given.items()
        for each in (value if isinstance(value, tuple) else (value,))
    ]
    for name, uploads in files.items():
        for each in uploads if isinstance(uploads, tuple) else (uploads,):
            called = each.name.translate(IN_NAMES)
            about = f'; filename="{called}"\r\nContent-Type: {each.content_type}'
            parts.append(_part(name, each.content, about))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(name: str, content: bytes, about: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'
    return head.encode() + content + b"\r\n"
