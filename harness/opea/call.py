"""Calling a node: sent, checked, read; tried again only where that was declared, and never after the first byte of a stream."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from harness.client import ClientError
from harness.opea.attempt import Attempt, Caller
from harness.opea.hop import Hop
from harness.opea.node_stream import NodeStream
from harness.opea.payload import BadReplyError, decode, encode
from harness.opea.problems import Failure, Problem

HARMLESS = frozenset({"refused", "dns", "connect_timeout"})  # Nothing was sent.
PASSING = frozenset({429, 502, 503, 504})
BACKOFF_S = 0.05

T = TypeVar("T")


async def call(caller: Caller, hop: Hop, inputs: Any) -> Any:
    """A node's reply as data, bytes for sound and pictures; raises `Problem`."""
    body = _encoded(caller, hop, inputs)
    if hop.policy.attempts == 1:
        caller.retries.earn()
        return await _once(Attempt(caller, hop, 1), hop, inputs, body)
    return await _tried(caller, hop, lambda number: _once(Attempt(caller, hop, number), hop, inputs, body))


async def open_stream(caller: Caller, hop: Hop, inputs: Any) -> NodeStream:
    """A node's stream, with the first that it says there; raises `Problem`. It must be closed."""
    body = _encoded(caller, hop, inputs)
    return await _tried(caller, hop, lambda number: NodeStream(caller, hop, number).open(inputs, body))


async def _tried(caller: Caller, hop: Hop, once: Callable[[int], Awaitable[T]]) -> T:
    caller.retries.earn()
    for number in range(1, hop.policy.attempts):
        try:
            return await once(number)
        except Problem as problem:
            failure = problem.failure
            passing = failure.kind in HARMLESS or failure.upstream_status in PASSING
            if not passing or not caller.retries.spend():
                raise
        await asyncio.sleep(BACKOFF_S * 2 ** (number - 1))
    return await once(hop.policy.attempts)


async def _once(attempt: Attempt, hop: Hop, inputs: Any, body: bytes) -> Any:
    url = hop.url(inputs)
    attempt.note("url.full", url)
    try:
        reply = await attempt.caller.client.request(
            "POST",
            url,
            headers=hop.headers(attempt.trace, "application/json"),
            body=body,
            limits=attempt.limits,
        )
    except ClientError as error:
        raise attempt.broken(error) from None
    except BaseException:
        attempt.left()
        raise
    if not 200 <= reply.status < 300:
        raise attempt.refused(reply.status, reply.body, reply.headers.get("retry-after"), inputs)
    try:
        data = decode(reply.headers.get("content-type"), reply.body)
        _check(hop, data, inputs)
    except BadReplyError as error:
        raise attempt.unreadable(error, reply.status) from None
    attempt.answered(reply.status, reply.ended_ns)
    return data


def _check(hop: Hop, data: Any, inputs: Any) -> None:
    """Raise BadReplyError if a reply is null, or has not the shape that the graph declares."""
    if data is None:
        raise BadReplyError("bad_schema", "a value", "null")
    wrong = hop.policy.expects(data, inputs) if hop.policy.expects else None
    if wrong is not None:
        raise BadReplyError(wrong[0], "a reply that keeps the node's contract", wrong[1])


def _encoded(caller: Caller, hop: Hop, inputs: Any) -> bytes:
    """A request's bytes; what JSON cannot say is a problem of the node that it was for."""
    try:
        return encode(inputs)
    except TypeError as wrong:
        raise Problem(
            Failure(
                node=hop.name,
                kind="bad_schema",
                status=500,
                detail=f"the request for it cannot be written as JSON: {wrong}",
                expected="plain data",
                actual=str(wrong),
                request_id=caller.scope.request_id,
            )
        ) from None
