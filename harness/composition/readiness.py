"""When is a service ready? When it has answered a request of its contract rightly; that a port is open says nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from harness.client import Client, ClientError, Limits
from harness.comp import Comp, Endpoint, Example
from harness.containers.container import Container
from harness.contract.promises import broken_reply
from harness.contract.talk import Answer, Talk
from harness.errors import StackError
from harness.images.boot import plain
from harness.progress import Progress, Silent, told_meanwhile
from harness.service import Probe, Service

PACE_S = 0.2
PATIENCE_S = 2.0  # A port that is said to be listened at may be another one.
CONNECT_S = 1.0
CLOSING_S = 0.1
WORDS_MAX, TOLD_MAX = 300, 240
LIMITS = Limits(connect_s=2.0, first_byte_s=60.0, idle_s=30.0, total_s=90.0)
JSON_TYPE = (("content-type", "application/json"),)
NOT_FINAL = (404, 408, 409, 425, 429)  # What a service that is still on its way may say too.

Look = tuple[str, Callable[[], Awaitable[str]]]


async def until_ready(
    service: Service,
    container: Container,
    comp: Comp | None,
    client: Client,
    progress: Progress | None = None,
) -> None:
    """Return as soon as it is; raises StackError with what was seen last when its time is over, or time changes nothing.

    Meanwhile the progress is told what is waited for.
    """
    until = time.monotonic() + service.ready_limit_s
    seen = ""

    def told(waited_s: float) -> str:
        return f"{service.name} is not ready after {waited_s:.0f} s: {' '.join(seen.split())[:TOLD_MAX]}"

    async with told_meanwhile(progress or Silent(), told):
        for doing, look in _looks(service, container, comp, client):
            seen = doing
            while words := await look():
                seen = words
                if time.monotonic() > until:
                    raise StackError(
                        f"{service.name}: is not ready after {service.ready_limit_s:g} s: {words[:WORDS_MAX]}"
                    )
                await asyncio.sleep(PACE_S)


def _looks(service: Service, container: Container, comp: Comp | None, client: Client) -> list[Look]:
    """What is looked at, one after the other, and what it is; each says in words what is not right yet."""
    looks: list[Look] = []
    if service.prepare:
        looks.append((_going_on(service.prepare), lambda: _run(service, container, service.prepare, "")))
    probe = service.probe
    if probe is not None:
        doing = _going_on(probe.command) if probe.command else f"no answer to {probe.method} {probe.path} yet"
        looks.append((doing, lambda: _probed(probe, service, container, client)))
    elif comp is not None:
        talk = Talk(client, container.url(service.port), comp, LIMITS)
        looks += [
            (f"no answer to GET {comp.ready} yet", lambda: _healthy(talk)),
            ("no answer to a request of its contract yet", lambda: _keeps_contract(talk)),
        ]
    return looks


def _going_on(command: tuple[str, ...]) -> str:
    return f"`{' '.join(command)}` goes on in it"


async def _run(service: Service, container: Container, command: tuple[str, ...], holds: str) -> str:
    """Run it once somebody listens, or now and then: an engine that runs a command keeps others from starting."""
    if service.port:
        until = time.monotonic() + min(PATIENCE_S, service.ready_limit_s)
        while time.monotonic() < until:
            if await _listens(container.url(service.port)):
                break
            await asyncio.sleep(PACE_S)
    code, said = await asyncio.to_thread(container.run, command)
    if code == 0 and holds in said:
        return ""
    return f"`{' '.join(command)}` ended with code {code} and said {said.strip()[-WORDS_MAX:]!r}"


async def _listens(url: str) -> bool:
    """Whether somebody does inside; the engine takes the connection in any case, and closes it where nobody does."""
    place = urlsplit(url)
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
    except (OSError, TimeoutError):
        return False
    try:
        async with asyncio.timeout(CLOSING_S):
            return bool(await reader.read(1))
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _probed(probe: Probe, service: Service, container: Container, client: Client) -> str:
    if probe.command:
        return await _run(service, container, probe.command, probe.holds)
    what = f"{probe.method} {probe.path}"
    try:
        reply = await client.request(
            probe.method,
            container.url(service.port) + probe.path,
            headers=JSON_TYPE if probe.body else (),
            body=probe.body,
            limits=LIMITS,
        )
    except ClientError as error:
        return f"{what}: no answer ({error.kind})"
    text = reply.body.decode("utf-8", "replace")
    if reply.status == probe.status and probe.holds in text:
        return ""
    return f"{what}: answers {reply.status} {text!r}"


async def _healthy(talk: Talk) -> str:
    try:
        answer = await talk.send("GET", talk.comp.ready)
    except ClientError as error:
        return f"GET {talk.comp.ready}: no answer ({error.kind})"
    return "" if answer.status == 200 else f"GET {talk.comp.ready}: answers {answer.shown}"


async def _keeps_contract(talk: Talk) -> str:
    """An example of the contract is answered as promised; a refusal ends the waiting, because time does not change it."""
    found = plain(talk.comp)
    if found is None:
        return ""
    endpoint, example = found
    try:
        answer = await talk.put(endpoint, example)
    except ClientError as error:
        return f"{endpoint.key}: no answer ({error.kind})"
    wrong = _broken(endpoint, example, answer)
    if wrong and 400 <= answer.status < 500 and answer.status not in NOT_FINAL:
        raise StackError(
            f"{talk.comp.id}: refuses the request {example.name} of its contract: {endpoint.key}: {answer.shown}"
        )
    return f"{endpoint.key}: {wrong}" if wrong else ""


def _broken(endpoint: Endpoint, example: Example, answer: Answer) -> str | None:
    variant = next(each for each in endpoint.variants if example in each.examples)
    return broken_reply(endpoint, variant, example, answer)
