"""The OpenAPI document of a comp, made by FastAPI of routes that are only shown."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from inspect import Parameter, Signature
from operator import or_
from types import NoneType
from typing import Any, get_args

from fastapi import Body
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from harness.comp import Comp, Endpoint


def document(comp: Comp, side: Sequence[APIRoute], *, as_declared: bool = False) -> dict[str, Any]:
    """The document of a comp's endpoints, behind those of its side endpoints; `as_declared`: with the replies that upstream's tells."""
    routes = [*side, *(_shown(endpoint, as_declared=as_declared) for endpoint in comp.endpoints)]
    shown = get_openapi(title=comp.title, version="0.1.0", description=comp.description, routes=routes)
    schemas = shown.get("components", {}).get("schemas", {})
    for schema in schemas.values():
        schema.pop("description", None)  # OPEA's models have no docstrings.
    for name in ("input", "ctx"):  # FastAPI tells these since a later version than OPEA's.
        schemas.get("ValidationError", {}).get("properties", {}).pop(name, None)
    return shown


def _shown(endpoint: Endpoint, *, as_declared: bool) -> APIRoute:
    """A route that is never called: its types are the contract's."""
    models = list(dict.fromkeys(v.request for v in endpoint.variants if v.request is not None))
    takes_body = endpoint.body == "json" and models
    return APIRoute(
        endpoint.path,
        _with_body(models, as_declared=as_declared) if takes_body else _without_body,
        methods=[endpoint.method],
        name=endpoint.handler or endpoint.slug.replace("-", "_"),
        response_model=_declared(endpoint) if as_declared else _given(endpoint),
    )


def _given(endpoint: Endpoint) -> Any:
    """The types of its replies; None where they have none."""
    replies = list(dict.fromkeys(v.reply for v in endpoint.variants if v.reply not in (None, bytes)))
    return reduce(or_, replies) if replies else None


def _declared(endpoint: Endpoint) -> Any:
    if endpoint.declares is None:
        return _given(endpoint)
    return None if endpoint.declares is Any else endpoint.declares


def _without_body() -> None:
    raise NotImplementedError


def _with_body(models: Sequence[Any], *, as_declared: bool) -> Callable[[Any], None]:
    def shown(request: Any) -> None:
        raise NotImplementedError

    members = (each for model in models for each in (model, *get_args(model)))
    embedded = next((each for each in members if getattr(each, "is_embedded", False)), None)
    if as_declared and embedded is not None:
        shown.__signature__ = Signature([*_fields(embedded)])  # type: ignore[attr-defined] # Read by `inspect` instead of its own.
    else:
        shown.__annotations__ = {"request": reduce(or_, models), "return": None}
    return shown


def _fields(model: type[BaseModel]) -> Iterator[Parameter]:
    """A model's fields as FastAPI reads them one by one; upstream declares those that may be null without saying so."""
    for name, field in model.model_fields.items():
        default = Body(... if field.is_required() else field.default, embed=True)
        kind = next((each for each in get_args(field.annotation) if each is not NoneType), field.annotation)
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
