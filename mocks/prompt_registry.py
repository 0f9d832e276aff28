"""Prompt registry: users keep prompts, and find them by id, by user, or by words; in one of three stores."""

from functools import partial
from typing import Any

from pydantic import BaseModel

from harness.comp import Before, Comp, Deviation, Endpoint, Example, Law, Lifecycle, Refusal, Variant, World
from harness.opea.proto.stores import PromptCreate, PromptId
from mocks._documents import (
    STORES,
    UNKNOWN_IDS,
    Document,
    StoreName,
    documents_of,
    removing_unknown,
    wrong_id,
)
from mocks._text import tokens

FOLDER = "comps/prompt_registry/src"
SOURCE = f"{FOLDER}/opea_prompt_microservice.py, {FOLDER}/integrations/data_store.py"
CREATE, GET, DELETE = (f"/v1/prompt/{name}" for name in ("create", "get", "delete"))
FOUND_MAX = 5  # As many as upstream asks its stores for.


class Kept(BaseModel):
    """A prompt as it was kept; what was searched for by words also has a score and an id."""

    prompt_text: str
    user: str
    score: float | None = None
    id: str | None = None


def create(request: PromptCreate, world: World, *, kind: StoreName) -> str:
    """The id of a new prompt."""
    _named(request.user)
    document = {"prompt_text": request.prompt_text, "user": request.user}
    return documents_of(world, "prompts", kind).add(document, world)


def get(request: PromptId, world: World, *, kind: StoreName) -> Any:
    """The text of an id; prompts of anybody that hold the words, best first; or all prompts of the user."""
    _named(request.user)
    prompts = documents_of(world, "prompts", kind)
    if request.prompt_id is not None:
        return prompts.get(request.prompt_id)["prompt_text"]
    if request.prompt_text:
        return _found(request.prompt_text, prompts.kept)
    found = prompts.where(lambda each: bool(each["user"] == request.user))
    return [{**each, "id": name} if kind == "redis" else each for name, each in found]


def _found(words: str, kept: dict[str, Document]) -> list[Document]:
    """The prompts that hold any of the words, in text or user, by the share of their own words that these are."""
    wanted = set(tokens(words))
    rows = [
        {**each, "score": _score(wanted, tokens(f"{each['prompt_text']} {each['user']}")), "id": name}
        for name, each in kept.items()
    ]
    rows.sort(key=lambda each: float(each["score"]), reverse=True)
    return [each for each in rows if each["score"]][:FOUND_MAX]


def _score(wanted: set[str], held: tuple[str, ...]) -> float:
    """Half for each word that is there, and up to half more, the fewer others there are."""
    return sum(0.5 + 0.5 / len(held) for word in wanted if word in held)


def delete(request: PromptId, world: World, *, kind: StoreName) -> bool:
    """Whether there was such a prompt; it is gone now."""
    _named(request.user)
    if request.prompt_id is None:
        raise Refusal(422, "prompt_id: is missing; it says which prompt is to go")
    return documents_of(world, "prompts", kind).remove(request.prompt_id)


def _named(user: str) -> None:
    if not user.strip():
        raise Refusal(400, "user: is empty; a prompt is kept for its user")


def _as_asked(request: Any, reply: Any) -> str | None:
    if request.get("prompt_id") is not None:
        return None if isinstance(reply, str) else "a prompt asked for by its id is no text"
    return None if isinstance(reply, list) else "prompts asked for by user or words are no list"


def _of_user(request: Any, reply: Any) -> str | None:
    if request.get("prompt_id") is not None or request.get("prompt_text"):
        return None
    others = {each["user"] for each in reply} - {request["user"]}
    return f"prompts of {sorted(others)} are among those of {request['user']!r}" if others else None


def _best_first(request: Any, reply: Any) -> str | None:
    if request.get("prompt_id") is not None or not request.get("prompt_text"):
        return None
    scores = [each["score"] for each in reply]
    if scores != sorted(scores, reverse=True):
        return f"scores {scores} do not fall"
    return f"{len(reply)} prompts were found, {FOUND_MAX} are the most" if len(reply) > FOUND_MAX else None


def _null(name: str, says: str, instead_of: int) -> Deviation:
    """Upstream answers every failure with `null`, and calls it 200."""
    return Deviation(name, says, lambda _body: True, 200, b"null", "application/json", instead_of)


KNOWN = (
    _null("no-user", "an empty user, and what is no id of mongodb, are answered with 200 and null", 400),
    _null("unknown-id", "an unknown id is answered with 200 and null", 404),
    _null("no-id", "a missing id is answered with 200 and null", 422),
)
PROMPT = {"prompt_text": "test prompt", "user": "test"}
MADE = Before("prompt", f"POST {CREATE}", Example("prompt", PROMPT), pick="")


def _endpoint(path: str, answer: Any, kind: StoreName, variant: Variant, *notes: str) -> Endpoint:
    return Endpoint(
        path,
        partial(answer, kind=kind),
        (variant,),
        evidence="executed",
        declares=Any,
        source=SOURCE,
        known=KNOWN,
        notes=("every failure of upstream is 200 null, a database that is down too", *notes),
    )


def _creating(kind: StoreName) -> Endpoint:
    examples = (
        Example("new", PROMPT),
        Example("long", {"prompt_text": "Answer in one sentence. " * 20, "user": "test"}),
        Example("no-user", {**PROMPT, "user": " "}, status=400),
        Example("no-text", {"user": "test"}, status=422),
    )
    law = Law("id", "a new prompt gets an id of its store", lambda _request, reply: wrong_id(kind, reply))
    return _endpoint(CREATE, create, kind, Variant("prompt", PromptCreate, str, examples, (law,)))


def _getting(kind: StoreName) -> Endpoint:
    examples = (
        Example("one", {"user": "test", "prompt_id": "$prompt"}, "test prompt", after=(MADE,)),
        Example("of-user", {"user": "test"}, after=(MADE,)),
        Example("by-words", {"user": "other", "prompt_text": "test"}, after=(MADE,)),
        Example("nobody", {"user": "nobody"}, []),
        Example("unknown", {"user": "test", "prompt_id": UNKNOWN_IDS[kind]}, status=404),
        Example("no-user", {}, status=422),
    )
    laws = (
        Law("as-asked", "by id comes a text, by user and by words a list", _as_asked),
        Law("of-user", "a user's prompts are theirs", _of_user),
        Law("best-first", f"what holds the words comes best first, {FOUND_MAX} at most", _best_first),
    )
    note = "words are searched for in everybody's prompts, and in the users' names"
    return _endpoint(GET, get, kind, Variant("prompts", PromptId, str | list[Kept], examples, laws), note)


def _deleting(kind: StoreName) -> Endpoint:
    gone = {"user": "test", "prompt_id": UNKNOWN_IDS[kind]}
    examples = (
        Example("one", {"user": "test", "prompt_id": "$prompt"}, reply=True, after=(MADE,)),
        removing_unknown(kind, gone),
        Example("no-id", {"user": "test"}, status=422),
    )
    return _endpoint(DELETE, delete, kind, Variant("prompt", PromptId, bool, examples))


KEPT_UNTIL_DELETED = Lifecycle(
    "prompts",
    make=(f"POST {CREATE}", Example("made", {"prompt_text": "$text", "user": "test"})),
    read=(f"POST {GET}", Example("read", {"user": "test", "prompt_id": "$id"})),
    remove=(f"POST {DELETE}", Example("removed", {"user": "test", "prompt_id": "$id"})),
    alone=True,
)

COMPS = tuple(
    Comp(
        id="prompt_registry" if kind == "mongodb" else f"prompt_registry.{kind}",
        title=f"opea_service@prompt_registry_{kind}",
        port=6018,
        service_type="PROMPT_REGISTRY",
        image="opea/promptregistry:latest",
        description="Store a user's preferred prompt in the database with metadata",
        statistics=False,
        settings={"OPEA_STORE_NAME": kind},
        endpoints=(_creating(kind), _getting(kind), _deleting(kind)),
        lifecycles=(KEPT_UNTIL_DELETED,),
    )
    for kind in STORES
)
