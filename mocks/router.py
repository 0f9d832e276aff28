"""Router: the address of the model that a question needs, a weak or a strong one."""

import re
from typing import Any

import orjson

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Variant, World
from harness.opea.proto.api_protocol import RouteEndpointDoc
from harness.opea.proto.docarray import TextDoc

ADDRESSES = {
    "weak": ("WEAK_ENDPOINT", "http://opea_router:8000/weak"),
    "strong": ("STRONG_ENDPOINT", "http://opea_router:8000/strong"),
}
LONG_WORDS = 60  # A question of a paragraph goes to the strong model whatever it says.

_HARD = re.compile(
    r"\b(prove|proof|theorem|derive|integral|implement|algorithm|refactor|debug|analy[sz]e|optimi[sz]e|architecture|"
    r"explain (why|how)|step by step|compare|essay|complexity|regex|sql)\b|```",
    re.IGNORECASE,
)


def route(request: TextDoc, world: World) -> RouteEndpointDoc:
    """The address that the settings name for the chosen model; without a text it is the weak one's."""
    setting, default = ADDRESSES[strength(request.text)]
    return RouteEndpointDoc(url=world.settings.get(setting, default))


def strength(text: str | list[str] | None) -> str:
    """`strong` for a question that looks hard: by its words, or by its length."""
    said = " ".join(text) if isinstance(text, list) else text or ""
    return "strong" if _HARD.search(said) or len(said.split()) > LONG_WORDS else "weak"


def _unexpanded(name: str) -> Deviation:
    setting, default = ADDRESSES[name]
    return Deviation(
        f"unexpanded-{name}",
        "the shipped configuration's address is given as it is written, its variable and all",
        lambda body: isinstance(body, dict) and strength(body.get("text")) == name,
        200,
        orjson.dumps({"url": f"${{{setting}:-{default}}}"}),
        "application/json",
    )


def _is_address(request: Any, reply: Any) -> str | None:
    good = re.match(r"https?://[\w.-]+", reply["url"])
    return None if good else f"url: is {reply['url']!r}, no address (http or https)"


COMPS = (
    Comp(
        id="router",
        title="opea_service@router",
        port=6000,
        service_type="LLM",
        image="opea/router:latest",
        statistics=False,
        settings={"CONTROLLER_TYPE": "routellm"},
        endpoints=(
            Endpoint(
                "/v1/route",
                route,
                variants=(
                    Variant(
                        "text",
                        TextDoc,
                        RouteEndpointDoc,
                        examples=(
                            Example("easy", {"text": "What is 2 + 2?"}, {"url": ADDRESSES["weak"][1]}),
                            Example(
                                "hard",
                                {"text": "Derive the integral of sin(x)/x step by step."},
                                {"url": ADDRESSES["strong"][1]},
                            ),
                            Example("nothing", {}, {"url": ADDRESSES["weak"][1]}),
                            Example("no-text", {"text": 7}, status=422),
                        ),
                        laws=(Law("address", "what comes back is an address", _is_address),),
                    ),
                ),
                evidence="executed",
                source="comps/router/src/opea_router_microservice.py",
                known=(_unexpanded("weak"), _unexpanded("strong")),
                notes=("routellm and semantic_router decide by models; here words and length do",),
            ),
        ),
    ),
)
