"""The OpenAPI document of a comp: it is there, it is one, it has every route, and clients made of it get on with the contract."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from fastapi.openapi.models import OpenAPI
from pydantic import ValidationError

from harness.comp import Comp, Endpoint
from harness.contract.check import Broken, Check, Finding, Skipped, check_id
from harness.contract.compatibility import Sides, refused, resolved
from harness.contract.kind import Kind
from harness.contract.talk import Answer, Talk
from harness.mocking.openapi import document as promised_document

_BY_HAND = 'curl -sS "$URL/openapi.json" | jq .'


def _kind(name: str, says: str, why: str, fix: str) -> Kind:
    return Kind(f"openapi.{name}", "L3", says, why, _BY_HAND, fix)


ROUTES = _kind(
    "routes",
    "the OpenAPI document has every route of the contract",
    "Clients and gateways are generated from it; a route that is missing there does not exist for them.",
    "Register the route with OPEA's `register_microservice`, and keep `include_in_schema` on.",
)
VALID = _kind(
    "valid",
    "the OpenAPI document is a valid one",
    "A generator stops at the first reference that leads nowhere or the second operation of one name.",
    "Let FastAPI write it; where `app.openapi` is replaced, begin with `fastapi.openapi.utils.get_openapi`.",
)
REQUEST = _kind(
    "request",
    "the documented request takes all that the contract allows",
    "One more required field, or one type fewer, breaks every caller that was right until then.",
    "Give the new field a default, and widen types instead of changing them.",
)
REPLY = _kind(
    "reply",
    "the documented reply allows nothing that the contract does not",
    "A field that may now be missing or null breaks whoever reads it.",
    "Keep the field in the `response_model`; add new ones beside it.",
)
KINDS = (ROUTES, VALID, REQUEST, REPLY)


def openapi(comp: Comp) -> Iterator[Check]:
    """Two checks of the document, and two for each endpoint that takes or gives JSON."""
    if not comp.framework:
        return
    yield Check(check_id(comp.id, ROUTES.name), ROUTES, ROUTES.says, _routes)
    yield Check(check_id(comp.id, VALID.name), VALID, VALID.says, _valid)
    # Made when they are wanted, once for all checks of the comp.
    promised = cache(lambda: promised_document(comp, ()))
    declared = cache(lambda: promised_document(comp, (), as_declared=True))
    for endpoint in comp.endpoints:
        for kind, look in (
            (REQUEST, partial(_request, promised)),
            (REPLY, partial(_reply, promised, declared)),
        ):
            yield Check(
                check_id(comp.id, endpoint.slug, kind.name),
                kind,
                f"{endpoint.key}: {kind.says}",
                partial(look, endpoint),
            )


def faults(document: Any) -> Iterator[str]:
    """What is wrong with a document, each with its place: its form by FastAPI's own model of OpenAPI, and what no form says."""
    if not isinstance(document, Mapping):
        yield "the document: is no JSON object"
        return
    try:
        OpenAPI.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        yield f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return
    if not str(document["openapi"]).startswith(("3.0", "3.1", "3.2")):
        yield f"openapi: is {document['openapi']!r}; 3.0, 3.1 or 3.2 can be read"
    if not document.get("paths"):
        yield "paths: there are none, so nothing is documented"
    yield from (f"{each}: leads nowhere" for each in _references(document) if _leads_nowhere(each, document))
    names = Counter(operation.get("operationId") for _, operation in _operations(document))
    yield from (
        f"operationId {name}: stands {many} times" for name, many in names.items() if name and many > 1
    )
    for where, operation in _operations(document):
        if not operation.get("responses"):
            yield f"{where}: has no responses"
        if not where.partition(" ")[2].startswith("/"):
            yield f"{where}: a path begins with /"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)


def _leads_nowhere(reference: str, document: Mapping[str, Any]) -> bool:
    return reference.startswith("#") and resolved(reference, document) is None


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
    for path, item in document["paths"].items():
        yield from ((f"{name.upper()} {path}", item[name]) for name in methods if name in item)


async def _document(talk: Talk) -> tuple[Answer, Any]:
    answer = await talk.send("GET", "/openapi.json")
    return answer, answer.json if answer.status == 200 else None


async def _routes(talk: Talk) -> Finding:
    answer, document = await _document(talk)
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict) or not paths:
        return Broken("it is no 200 with a document that has paths", actual=answer.shown)
    missing = [
        each.key for each in talk.comp.endpoints if each.method.lower() not in paths.get(each.path, {})
    ]
    return Broken(f"{missing[0]}: is not documented", actual=f"{sorted(paths)}") if missing else None


async def _valid(talk: Talk) -> Finding:
    answer, document = await _document(talk)
    found = list(faults(document))
    return Broken(found[0], actual=f"{len(found)} faults; {answer.shown}") if found else None


async def _request(promised: Callable[[], Any], endpoint: Endpoint, talk: Talk) -> Finding:
    document = (await _document(talk))[1]
    if _operation(document, endpoint) is None:
        return _undocumented(endpoint)
    return _told(narrowed(promised(), document, endpoint))


async def _reply(
    promised: Callable[[], Any], declared: Callable[[], Any], endpoint: Endpoint, talk: Talk
) -> Finding:
    document = (await _document(talk))[1]
    operation = _operation(document, endpoint)
    if operation is None:
        return _undocumented(endpoint)
    if not _reply_schema(operation):
        return Skipped("the document says nothing about the reply, so there is nothing to compare")
    found = widened(promised(), document, endpoint)
    if found and endpoint.declares is not None and not widened(declared(), document, endpoint):
        return Skipped("known deviation declared: upstream's document tells of replies that it never gives")
    return _told(found)


def _undocumented(endpoint: Endpoint) -> Skipped:
    return Skipped(f"{endpoint.key}: is not documented; {ROUTES.name} tells of it")


def _told(found: list[str]) -> Broken | None:
    return Broken(found[0], actual=f"{len(found)} differences: {'; '.join(found[:5])}") if found else None


def narrowed(promised: Any, offered: Any, endpoint: Endpoint) -> list[str]:
    """What the contract's request allows and a service's document refuses."""
    mine, theirs = _operation(promised, endpoint) or {}, _operation(offered, endpoint) or {}
    known = {each.get("name") for each in mine.get("parameters", ())}
    extra = [
        f"{each['in']} parameter {each['name']}: is required"
        for each in theirs.get("parameters", ())
        if each.get("required") and each.get("in") != "path" and each["name"] not in known
    ]
    if endpoint.body == "query":
        extra = []  # Its parameters are fields of the contract's model, which the document shows one by one.
    schemas = _request_schema(mine), _request_schema(theirs)
    if schemas[0] is None or schemas[1] is None:
        return extra
    is_spared = not theirs["requestBody"].get("required", False)
    return extra + list(refused(*schemas, Sides(promised, offered, "request", is_spared=is_spared)))


def widened(promised: Any, offered: Any, endpoint: Endpoint) -> list[str]:
    """What a service's document allows as a reply and the contract does not."""
    given, taking = (_reply_schema(_operation(each, endpoint) or {}) for each in (offered, promised))
    if not (given and taking):
        return []
    return list(refused(given, taking, Sides(offered, promised, "reply", is_dumped=True)))


def _operation(document: Any, endpoint: Endpoint) -> Mapping[str, Any] | None:
    paths = document.get("paths", {}) if isinstance(document, Mapping) else {}
    found = paths.get(endpoint.path, {}).get(endpoint.method.lower())
    return found if isinstance(found, Mapping) else None


def _request_schema(operation: Mapping[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def _reply_schema(operation: Mapping[str, Any]) -> Any:
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    return content.get("application/json", {}).get("schema")
