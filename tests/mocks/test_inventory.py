"""Every service that OPEA registers has its mock, with every route and method, or stands here with the reason."""

import json
from pathlib import Path

import pytest

from harness.comp import Comp, Endpoint, Variant
from harness.discovery import COMP, discover

INVENTORY = json.loads((Path(__file__).parents[1] / "data" / "inventory.json").read_text())["services"]
ABSENT = {
    "jaeger": "the harness has a trace store of its own, which answers Jaeger's API",
    "nginx": "a proxy: it has no contract of its own",
    "pgvector": "a database, which speaks SQL and not HTTP",
}
ABSENT_ROUTES = {
    ("ollama", "GET /api/version"): "no comp of OPEA asks for it",
    ("ollama", "POST /api/pull"): "it loads a model, and a mock has none",
}


def test_the_copy_holds_all_that_is_registered():
    """So many services and servers there are at that commit; a shorter copy would let the tests below pass."""
    services = [each for each in INVENTORY if each["name"].startswith("opea_service@")]

    assert (len(services), len(INVENTORY) - len(services)) == (45, 20)


@pytest.mark.parametrize("service", INVENTORY, ids=lambda each: each["name"])
def test_every_service_has_its_mock(service):
    """With its port, its kind, one of its images, and every route; or it is absent for a reason."""
    found = mocks_of(service, discover(COMP).values())

    if service["name"] in ABSENT:
        assert not found
        return
    assert missing(service, found) == []


def test_what_is_absent_is_registered():
    """A reason without a service is out of date."""
    names = {each["name"] for each in INVENTORY}
    routes = {(each["name"], route) for each in INVENTORY for route in each["routes"]}

    assert set(ABSENT) <= names
    assert set(ABSENT_ROUTES) <= routes


def test_every_route_says_where_it_is_from_and_how_much_is_known():
    """Its file upstream, and two examples where it has a contract at all."""
    bare = [
        f"{comp.id}: {endpoint.key}"
        for comp in discover(COMP).values()
        for endpoint in comp.endpoints
        if not endpoint.source or not any(variant.examples for variant in endpoint.variants)
    ]

    assert bare == []


def mocks_of(service, comps):
    """The comps that stand for a service (by title) or a server (by id)."""
    if not service["name"].startswith("opea_service@"):
        return [comp for comp in comps if comp.id == f"third_parties.{service['name']}"]
    whole = not service["name"].endswith("_")  # A service of several stores has a title for each.
    return [
        comp
        for comp in comps
        if comp.title == service["name"] or (not whole and comp.title.startswith(service["name"]))
    ]


def missing(service, found):
    """What the mocks of a service lack, in words; [] where they have all."""
    name = service["name"]
    if not found:
        return [f"{name}: has no mock"]
    words = []
    for comp in found:
        if comp.port != service["port"]:
            words.append(f"{comp.id}: port is {comp.port}, {service['port']} upstream")
        if service["type"] and comp.service_type != service["type"]:
            words.append(f"{comp.id}: service type is {comp.service_type}, {service['type']} upstream")
        if comp.image.partition(":")[0] not in {image.partition(":")[0] for image in service["images"]}:
            words.append(f"{comp.id}: image is {comp.image!r}, {service['images']} upstream")
    for route, models in service["routes"].items():
        endpoints = [each for comp in found for each in comp.endpoints if each.key == route]
        is_engines = route == "GET /metrics" and any(comp.engine for comp in found)
        if not endpoints and not is_engines and (name, route) not in ABSENT_ROUTES:
            words.append(f"{name}: {route} is not there")
        taken = " ".join(str(variant.request) for each in endpoints for variant in each.variants)
        words += [f"{name}: {route} takes no {model}" for model in models if endpoints and model not in taken]
    return words


def test_what_a_mock_lacks_is_told():
    """A wrong port, kind, image, route or model."""
    variant = Variant("x", dict[str, int], None, ())
    comp = Comp("x", "x", 1, (Endpoint("/a", print, (variant,), "source-only", ""),), "A", "opea/x:latest")
    routes = {"POST /a": ["TextDoc"], "GET /b": []}
    service = {"name": "x", "type": "B", "port": 2, "images": ["opea/y:1"], "routes": routes}

    assert missing(service, []) == ["x: has no mock"]
    assert missing(service, [comp]) == [
        "x: port is 1, 2 upstream",
        "x: service type is A, B upstream",
        "x: image is 'opea/x:latest', ['opea/y:1'] upstream",
        "x: POST /a takes no TextDoc",
        "x: GET /b is not there",
    ]
