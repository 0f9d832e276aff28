"""The OpenAPI document of a comp, made by FastAPI of routes that are only shown."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from harness.comp import Comp, Endpoint


def document(comp: Comp, side: Sequence[APIRoute]) -> dict[str, Any]:
    """The document of a comp's endpoints, behind those of its side endpoints."""
    routes = [*side, *(_shown(endpoint) for endpoint in comp.endpoints)]
    shown = get_openapi(title=comp.title, version="0.1.0", description=comp.description, routes=routes)
    schemas = shown.get("components", {}).get("schemas", {})
    for schema in schemas.values():
        schema.pop("description", None)  # OPEA's models have no docstrings.
    for name in ("input", "ctx"):  # FastAPI tells these since a later version than OPEA's.
        schemas.get("ValidationError", {}).get("properties", {}).pop(name, None)
    return shown


def _shown(endpoint: Endpoint) -> APIRoute:
    """A route that is never called: its types are the contract's."""
    models = list(dict.fromkeys(v.request for v in endpoint.variants if v.request is not None))
    replies = list(dict.fromkeys(v.reply for v in endpoint.variants if v.reply not in (None, bytes)))
    takes_body = endpoint.body == "json" and models
    return APIRoute(
        endpoint.path,
        _with_body(reduce(or_, models)) if takes_body else _without_body,
        methods=[endpoint.method],
        name=endpoint.slug.replace("-", "_"),
        response_model=reduce(or_, replies) if replies else None,
    )


def _without_body() -> None:
    raise NotImplementedError


def _with_body(model: Any) -> Callable[[Any], None]:
    def shown(request: Any) -> None:
        raise NotImplementedError

    shown.__annotations__ = {"request": model, "return": None}
    return shown
