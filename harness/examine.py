"""Looks at one exchange with the contract in hand: was it the right route, a valid request, a good reply?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from harness.comp import Comp, Endpoint, nearest
from harness.history import Exchange
from harness.megaservice import Node
from harness.sse import TextStream
from harness.unions import adapter

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with an exchange: what the contract asks for, and what came."""

    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Examined:
    """An exchange and what is wrong with it; None: nothing."""

    exchange: Exchange
    comp: str
    wrong: Finding | None

    @property
    def took_ms(self) -> float:
        """From the request's arrival to the reply's last byte."""
        return max(0, self.exchange.ended_ns - self.exchange.began_ns) / 1e6


def examine(exchange: Exchange, node: Node, comps: Mapping[str, Comp]) -> Examined:
    """Judge one exchange; the first thing that is wrong counts, in the order route, request, status, reply."""
    comp = comps.get(node.comp)
    if comp is None:
        return Examined(exchange, node.comp, Finding(f"a comp {node.comp}", f"there are {', '.join(comps)}"))
    path = exchange.path.partition("?")[0]
    endpoint = comp.endpoint(path, exchange.method)
    if endpoint is None:
        route = nearest((comp,), exchange.method, path)
        return Examined(
            exchange, comp.id, Finding(route, f"{exchange.method} {path} → {exchange.status or 'no reply'}")
        )
    wrong = _request(exchange, endpoint) or _status(exchange) or _reply(exchange, endpoint, node)
    return Examined(exchange, comp.id, wrong)


def _request(exchange: Exchange, endpoint: Endpoint) -> Finding | None:
    body = _whole(exchange.request, exchange.request_bytes)
    models = tuple(variant.request for variant in endpoint.variants if variant.request is not None)
    if endpoint.body != "json" or not models or body is _CUT:
        return None
    try:
        _adapter(models).validate_python(body)
    except ValidationError as error:
        return Finding(_names(models), f"request {_complaint(error)} → {exchange.status or 'no reply'}")
    return None


def _status(exchange: Exchange) -> Finding | None:
    if exchange.status == 200:
        return None
    said = exchange.reply[:SHOWN].strip() or exchange.error or "nothing"
    return Finding("status 200", f"{exchange.status or 'no reply'}: {said}")


def _reply(exchange: Exchange, endpoint: Endpoint, node: Node) -> Finding | None:
    if "event-stream" in exchange.content_type:
        return _stream(exchange, node)
    reply = _whole(exchange.reply, exchange.reply_bytes)
    models = tuple(variant.reply for variant in endpoint.variants if variant.reply not in (None, bytes))
    if reply is _CUT or not models:
        return None
    if reply is _BAD:
        return Finding(
            f"JSON, {_names(models)}", f"{exchange.content_type or 'no type'}: {exchange.reply[:SHOWN]}"
        )
    try:
        _adapter(models).validate_python(reply)
    except ValidationError as error:
        return Finding(_names(models), f"reply {_complaint(error)}")
    request = _whole(exchange.request, exchange.request_bytes)
    try:
        words = node.expects(reply, request if isinstance(request, dict) else {})
    except KeyError as missing:  # Somebody else's request: one that the contract lets pass, and yet no question to this node.
        return Finding(
            "a request as the scenario makes it", f"request lacks {missing.args[0]} → {exchange.status}"
        )
    return Finding("a reply of the right shape", f"{words[0]}: {words[1]}") if words else None


def _stream(exchange: Exchange, node: Node) -> Finding | None:
    if len(exchange.reply.encode()) < exchange.reply_bytes:
        return None
    stream = TextStream(node.dialect)
    stream.feed(0, exchange.reply.encode())
    stream.finish(0)
    return (
        None
        if stream.outcome == "whole"
        else Finding(f"a whole stream of dialect {node.dialect}", stream.why or str(stream.outcome))
    )


_CUT, _BAD = object(), object()


def _whole(text: str, full_bytes: int) -> Any:
    """The body's JSON; `_CUT` where only its start was kept, `_BAD` where it is no JSON."""
    if len(text.encode()) < full_bytes:
        return _CUT
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _BAD


@lru_cache(maxsize=256)
def _adapter(models: tuple[Any, ...]) -> TypeAdapter[Any]:
    return adapter(models)


def _names(models: tuple[Any, ...]) -> str:
    return " or ".join(dict.fromkeys(getattr(model, "__name__", str(model)) for model in models))


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "the body"
    return f"lacks {where}" if first["type"] == "missing" else f"{where}: {first['msg']}"
