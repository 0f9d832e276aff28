"""What is it that answers? By its own title and its OpenAPI document, so that nothing is examined as what it is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.comp import Comp
from harness.contract.talk import Talk
from harness.errors import UsageError
from harness.flight import ClientError

SHOWN = 4
LETTERS_MAX = 200
PASSING = frozenset({408, 425, 429})  # What a service that is only starting may answer.


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server says of itself: its title, empty where it has none, and its routes such as `POST /v1/embeddings`."""

    title: str = ""
    routes: tuple[str, ...] = ()


async def identify(talk: Talk) -> Identity:
    """Ask a server for its title and its OpenAPI document."""
    page = (await talk.send("GET", "/v1/health_check")).json
    document = (await talk.send("GET", "/openapi.json")).json
    title = page.get("Service Title") if isinstance(page, dict) else None
    paths = document.get("paths") if isinstance(document, dict) else None
    routes = (
        f"{method.upper()} {path}"
        for path, methods in (paths.items() if isinstance(paths, dict) else ())
        for method in methods
        if isinstance(methods, dict)
    )
    return Identity(in_a_line(title) if isinstance(title, str) else "", tuple(map(in_a_line, routes)))


async def says_what_it_is(talk: Talk) -> bool:
    """Whether a server that is not ready can be recognised all the same; one that is starting, or hangs up, cannot."""
    try:
        return await identify(talk) != Identity()
    except ClientError:
        return False


async def require_comp(talk: Talk, comps: Mapping[str, Comp]) -> None:
    """Raise UsageError where what answers is another comp, saying which."""
    found = await identify(talk)
    why = mismatch(talk.comp, found)
    if why:
        like = likeliest(found, comps)
        advice = f"; try --comp {like}" if like and like != talk.comp.id else ""
        raise UsageError(f"{talk.url}: is not {talk.comp.id}: {why}{advice}")


async def require_ready_route(talk: Talk) -> None:
    """Raise UsageError where what answers has not even the route by which the comp says that it is ready, or sends elsewhere, or is closed."""
    try:
        answer = await talk.send("GET", talk.comp.ready)
    except ClientError:
        return
    if 300 <= answer.status < 500 and answer.status not in PASSING:
        raise UsageError(
            f"{talk.url}: is not {talk.comp.id}: GET {talk.comp.ready} answers {in_a_line(answer.shown)}; the comp says there that it is ready"
        )


def in_a_line(text: str) -> str:
    """What a server said, as a part of one sentence."""
    words = "".join(each if each.isprintable() else " " for each in text).split()
    return " ".join(words)[:LETTERS_MAX]


def mismatch(comp: Comp, found: Identity) -> str | None:
    """Why this cannot be the comp; None where it can."""
    if found.title and found.title != comp.title:
        return f"its title is {found.title}, that of the comp is {comp.title}"
    if not found.title and comp.framework:
        shown = ", ".join(found.routes[:SHOWN]) or "no OpenAPI document either"
        return f"it has no /v1/health_check with a Service Title, as every OPEA service has; it shows {shown}"
    if found.routes and not set(found.routes) & {each.key for each in comp.endpoints}:
        return f"it has none of the comp's routes; it shows {', '.join(found.routes[:SHOWN])}"
    return None


def likeliest(found: Identity, comps: Mapping[str, Comp]) -> str | None:
    """The comp that has its title, or else the most of its routes."""
    for comp in comps.values():
        if found.title and comp.title == found.title:
            return comp.id
    shared = {
        comp.id: len({each.key for each in comp.endpoints} & set(found.routes)) for comp in comps.values()
    }
    best = max(shared, key=lambda name: (shared[name], -len(comps[name].endpoints)), default=None)
    return best if best and shared[best] else None
