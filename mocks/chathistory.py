"""Chat history: chats are kept by user, found again, changed and taken out; in one of three stores."""

from functools import partial
from typing import Any

from pydantic import BaseModel

from harness.comp import Before, Comp, Endpoint, Example, Law, Lifecycle, Refusal, Variant, World
from harness.opea.proto.stores import ChatId, ChatMessage
from mocks._documents import (
    BAD_ID,
    NOT_FOUND,
    NOT_FOUND_BY_ARANGODB,
    STORES,
    UNKNOWN_IDS,
    KeptChat,
    StoreName,
    documents_of,
    failing,
    removing_unknown,
    wrong_id,
)
from mocks._laws import repeated

SOURCE = (
    "comps/chathistory/src/opea_chathistory_microservice.py, comps/chathistory/src/integrations/data_store.py"
)
CREATE, GET, DELETE = (f"/v1/chathistory/{name}" for name in ("create", "get", "delete"))


class Listed(BaseModel):
    """A chat in the list of its user."""

    first_query: str | None
    id: str


def create(request: ChatMessage, world: World, *, kind: StoreName) -> str | bool:
    """The id of a new chat; with an id, whether the chat of that id was changed."""
    if not request.data.user:
        raise Refusal(400, "data.user: is missing; a chat is kept for its user")
    first = request.first_query if request.first_query is not None else _first(request.data.messages)
    document = {"data": request.data.model_dump(mode="json"), "first_query": first}
    chats = documents_of(world, "chathistory", kind)
    return chats.replace(request.id, document) if request.id else chats.add(document, world)


def _first(messages: Any) -> str | None:
    """The text of a chat that is a string; of a list upstream takes the first value of the first message, its role mostly."""
    if isinstance(messages, str):
        return messages
    values = list(messages[0].values()) if messages else []
    return values[0] if values and isinstance(values[0], str) else None


def get(request: ChatId, world: World, *, kind: StoreName) -> Any:
    """One chat, whosoever it is; without an id, what all chats of the user began with."""
    chats = documents_of(world, "chathistory", kind)
    _named(request.user)
    if request.id is not None:
        return chats.get(request.id)["data"]
    found = chats.where(lambda each: bool(each["data"]["user"] == request.user))
    return [{"first_query": each["first_query"], "id": name} for name, each in found]


def delete(request: ChatId, world: World, *, kind: StoreName) -> bool:
    """Whether there was such a chat; it is gone now."""
    _named(request.user)
    if request.id is None:
        raise Refusal(422, "id: is missing; it says which chat is to go")
    return documents_of(world, "chathistory", kind).remove(request.id)


def _named(user: str) -> None:
    if not user:
        raise Refusal(400, "user: is empty; a store is opened for a user")


def _id_or_done(request: Any, reply: Any, *, kind: StoreName) -> str | None:
    if request.get("id"):
        return None if isinstance(reply, bool) else f"the reply is {reply!r}; a change is true or false"
    return wrong_id(kind, reply)


def _as_kept(request: Any, reply: Any) -> str | None:
    if request.get("id") is None:
        return None if isinstance(reply, list) else "a user's chats are no list"
    return None if isinstance(reply, dict) else "a chat is no object"


def _ids_differ(request: Any, reply: Any) -> str | None:
    ids = [each["id"] for each in reply] if isinstance(reply, list) else []
    return repeated(ids)


CHAT: dict[str, Any] = {"data": {"messages": "test Messages", "user": "test"}}
MADE = Before("chat", f"POST {CREATE}", Example("chat", CHAT), pick="")
NO_USER = "User information is required to initialize the data store. Please provide a valid user identifier."
EMPTY_USER = failing(
    "empty-user", "an empty user is an internal error", NO_USER, 400, lambda body: body["user"] == ""
)
NO_NAME = failing("empty-user", EMPTY_USER.says, NO_USER, 400, lambda body: body["data"]["user"] == "")


def _creating(kind: StoreName) -> Endpoint:
    return Endpoint(
        CREATE,
        partial(create, kind=kind),
        (
            Variant(
                "chat",
                ChatMessage,
                str | bool,
                examples=(
                    Example("new", CHAT),
                    Example("messages", {"data": {"messages": [{"role": "user", "content": "x"}], "user": "test"}}),
                    Example(
                        "change",
                        {"data": {"messages": "test Messages update", "user": "test"}, "id": "$chat"},
                        reply=True,
                        after=(MADE,),
                    ),
                    Example("no-user", {"data": {"messages": "x"}}, status=400),
                    Example("no-data", {"id": "x"}, status=422),
                ),
                laws=(
                    Law("id-or-done", "a new chat gets an id of its store, a change true or false", partial(_id_or_done, kind=kind)),
                ),
            ),
        ),
        evidence="executed",
        source=SOURCE,
        handler="create_documents",
        declares=Any,
        known=(
            failing(
                "no-user",
                "a chat without user is an internal error",
                "400: Please provide the user information",
                400,
                lambda body: body["data"].get("user") is None,
            ),
            NO_NAME,
            BAD_ID,
            NOT_FOUND_BY_ARANGODB,
        ),
        notes=(
            "first_query of a list of messages is its first value, which mostly is the role",
            "mongodb says false to a change that changes nothing and to an unknown id, redis makes the unknown id",
        ),
    )  # fmt: skip


def _getting(kind: StoreName) -> Endpoint:
    return Endpoint(
        GET,
        partial(get, kind=kind),
        (
            Variant(
                "chats",
                ChatId,
                KeptChat | list[Listed],
                examples=(
                    Example("of-user", {"user": "test"}, after=(MADE,)),
                    Example("one", {"user": "test", "id": "$chat"}, CHAT["data"], after=(MADE,)),
                    Example("nobody", {"user": "nobody"}, []),
                    Example("unknown", {"user": "test", "id": UNKNOWN_IDS[kind]}, status=404),
                    Example("no-user", {}, status=422),
                ),
                laws=(
                    Law("as-kept", "a user's chats are a list, one chat is an object", _as_kept),
                    Law("ids-differ", "every chat has an id of its own", _ids_differ),
                ),
            ),
        ),
        evidence="executed",
        source=SOURCE,
        handler="get_documents",
        declares=Any,
        known=(
            EMPTY_USER,
            BAD_ID,
            NOT_FOUND,
        ),
        notes=("with an id the user is not asked about: everybody gets everybody's chat",),
    )  # fmt: skip


def _deleting(kind: StoreName) -> Endpoint:
    gone = {"user": "test", "id": UNKNOWN_IDS[kind]}
    return Endpoint(
        DELETE,
        partial(delete, kind=kind),
        (
            Variant(
                "chat",
                ChatId,
                bool,
                examples=(
                    Example("one", {"user": "test", "id": "$chat"}, reply=True, after=(MADE,)),
                    removing_unknown(kind, gone),
                    Example("no-id", {"user": "test"}, status=422),
                ),
            ),
        ),
        evidence="executed",
        source=SOURCE,
        handler="delete_documents",
        declares=Any,
        known=(
            EMPTY_USER,
            BAD_ID,
            failing("no-id", "a missing id is an internal error", "Document id is required.", 422),
            NOT_FOUND_BY_ARANGODB,
        ),
    )


KEPT_UNTIL_DELETED = Lifecycle(
    "chats",
    make=(f"POST {CREATE}", Example("made", {"data": {"messages": "$text", "user": "test"}})),
    read=(f"POST {GET}", Example("read", {"user": "test", "id": "$id"})),
    remove=(f"POST {DELETE}", Example("removed", {"user": "test", "id": "$id"})),
    alone=True,
)

COMPS = tuple(
    Comp(
        id="chathistory" if kind == "mongodb" else f"chathistory.{kind}",
        title=f"opea_service@chathistory_{kind}",
        port=6012,
        image="opea/chathistory:latest",
        description="Create or update chat conversation history for AI agent workflows",
        statistics=False,
        settings={"OPEA_STORE_NAME": kind},
        endpoints=(_creating(kind), _getting(kind), _deleting(kind)),
        lifecycles=(KEPT_UNTIL_DELETED,),
    )
    for kind in STORES
)
