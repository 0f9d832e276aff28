"""Feedback: what users thought of their chats is kept, found again, changed and taken out; in one of three stores."""

from functools import partial
from typing import Any

from pydantic import BaseModel

from harness.comp import Before, Comp, Endpoint, Example, Law, Lifecycle, Refusal, Variant, World
from harness.opea.proto.stores import ChatFeedback, FeedbackData, FeedbackId
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

FOLDER = "comps/feedback_management/src"
SOURCE = f"{FOLDER}/opea_feedback_microservice.py, {FOLDER}/integrations/data_store.py"
CREATE, GET, DELETE = (f"/v1/feedback/{name}" for name in ("create", "get", "delete"))
NO_USER = "User information is required but not provided"


class Kept(BaseModel):
    """Feedback as it was kept."""

    chat_data: KeptChat
    feedback_data: FeedbackData
    chat_id: str | None
    feedback_id: str


def create(request: ChatFeedback, world: World, *, kind: StoreName) -> str | bool:
    """The id of new feedback; with an id, whether the feedback of that id was changed."""
    _named(request.chat_data.user)
    document = request.model_dump(mode="json", exclude={"feedback_id"})
    kept = documents_of(world, "feedback", kind)
    if request.feedback_id is None:
        return kept.add(document, world)
    return kept.replace(request.feedback_id, document)


def get(request: FeedbackId, world: World, *, kind: StoreName) -> Any:
    """The feedback of an id, whosoever it is; without an id, all of the user's."""
    _named(request.user)
    kept = documents_of(world, "feedback", kind)
    if request.feedback_id:
        return {**kept.get(request.feedback_id), "feedback_id": request.feedback_id}
    found = kept.where(lambda each: bool(each["chat_data"]["user"] == request.user))
    return [{**each, "feedback_id": name} for name, each in found]


def delete(request: FeedbackId, world: World, *, kind: StoreName) -> bool:
    """Whether there was such feedback; it is gone now."""
    _named(request.user)
    if request.feedback_id is None:
        raise Refusal(422, "feedback_id: is missing; it says which feedback is to go")
    return documents_of(world, "feedback", kind).remove(request.feedback_id)


def _named(user: str | None) -> None:
    if not user or not user.strip():
        raise Refusal(400, NO_USER)


def _id_or_done(request: Any, reply: Any, *, kind: StoreName) -> str | None:
    if request.get("feedback_id") is not None:
        return None if isinstance(reply, bool) else f"the reply is {reply!r}; a change is true or false"
    return wrong_id(kind, reply)


def _asked_for(request: Any, reply: Any) -> str | None:
    if request.get("feedback_id"):
        found = reply["feedback_id"]
        return (
            None if found == request["feedback_id"] else f"feedback_id: is {found!r}, which was not asked for"
        )
    others = {each["chat_data"]["user"] for each in reply} - {request["user"]}
    return f"feedback of {sorted(map(str, others))} is among that of {request['user']!r}" if others else None


def _ids_differ(request: Any, reply: Any) -> str | None:
    ids = [each["feedback_id"] for each in reply] if isinstance(reply, list) else []
    return repeated(ids)


FEEDBACK: dict[str, Any] = {
    "chat_data": {"messages": "What is OPEA?", "user": "test"},
    "feedback_data": {"is_thumbs_up": True, "rating": 4, "comment": "helpful"},
    "chat_id": "chat-1",
}
CHANGED = {**FEEDBACK, "feedback_data": {"is_thumbs_up": False, "rating": 2}, "feedback_id": "$feedback"}
MADE = Before("feedback", f"POST {CREATE}", Example("feedback", FEEDBACK), pick="")
ID_OR_DONE = "new feedback gets an id of its store, a change true or false"
TOLD_TWICE = f"400: {NO_USER}"


HANDLERS = {CREATE: "create_feedback_data", GET: "get_feedback", DELETE: "delete_feedback"}


def _nobody(body: Any) -> bool:
    user = body["chat_data"].get("user") if "chat_data" in body else body.get("user")
    return not user or not user.strip()


NOBODY = failing("no-user", "feedback of nobody is an internal error", TOLD_TWICE, 400, _nobody)


def _endpoint(path: str, answer: Any, kind: StoreName, variant: Variant, *known: Any) -> Endpoint:
    return Endpoint(
        path,
        partial(answer, kind=kind),
        (variant,),
        evidence="executed",
        source=SOURCE,
        handler=HANDLERS[path],
        declares=Any,
        known=(NOBODY, BAD_ID, *known),
        notes=("the user of a feedback_id is not asked about: everybody reads and removes everybody's",),
    )


def _creating(kind: StoreName) -> Endpoint:
    examples = (
        Example("new", FEEDBACK),
        Example("bare", {"chat_data": FEEDBACK["chat_data"], "feedback_data": {"is_thumbs_up": False}}),
        Example("change", CHANGED, reply=True, after=(MADE,)),
        Example("no-user", {**FEEDBACK, "chat_data": {"messages": "x"}}, status=400),
        Example(
            "rating-of-six", {**FEEDBACK, "feedback_data": {"is_thumbs_up": True, "rating": 6}}, status=422
        ),
    )
    law = Law("id-or-done", ID_OR_DONE, partial(_id_or_done, kind=kind))
    variant = Variant("feedback", ChatFeedback, str | bool, examples, (law,))
    return _endpoint(CREATE, create, kind, variant, NOT_FOUND_BY_ARANGODB)


def _getting(kind: StoreName) -> Endpoint:
    examples = (
        Example("of-user", {"user": "test"}, after=(MADE,)),
        Example("one", {"user": "test", "feedback_id": "$feedback"}, FEEDBACK, after=(MADE,)),
        Example("nobody", {"user": "nobody"}, []),
        Example("unknown", {"user": "test", "feedback_id": UNKNOWN_IDS[kind]}, status=404),
        Example("no-user", {}, status=422),
    )
    laws = (
        Law("asked-for", "feedback is of the user or the id that was asked for", _asked_for),
        Law("ids-differ", "all feedback has an id of its own", _ids_differ),
    )
    variant = Variant("feedback", FeedbackId, Kept | list[Kept], examples, laws)
    return _endpoint(GET, get, kind, variant, NOT_FOUND)


def _deleting(kind: StoreName) -> Endpoint:
    gone = {"user": "test", "feedback_id": UNKNOWN_IDS[kind]}
    examples = (
        Example("one", {"user": "test", "feedback_id": "$feedback"}, reply=True, after=(MADE,)),
        removing_unknown(kind, gone),
        Example("no-id", {"user": "test"}, status=422),
    )
    no_id = failing("no-id", "a missing id is an internal error", "feedback_id is required.", 422)
    variant = Variant("feedback", FeedbackId, bool, examples)
    return _endpoint(DELETE, delete, kind, variant, no_id, NOT_FOUND_BY_ARANGODB)


KEPT_UNTIL_DELETED = Lifecycle(
    "feedback",
    make=(f"POST {CREATE}", Example("made", {**FEEDBACK, "chat_id": "$text"})),
    read=(f"POST {GET}", Example("read", {"user": "test", "feedback_id": "$id"})),
    remove=(f"POST {DELETE}", Example("removed", {"user": "test", "feedback_id": "$id"})),
    alone=True,
)

COMPS = tuple(
    Comp(
        id="feedback_management" if kind == "mongodb" else f"feedback_management.{kind}",
        title=f"opea_service@feedback_{kind}",
        port=6016,
        image="opea/feedbackmanagement:latest",
        description="Create or update feedback data for AI-generated responses including ratings and comments",
        statistics=False,
        settings={"OPEA_STORE_NAME": kind},
        endpoints=(_creating(kind), _getting(kind), _deleting(kind)),
        lifecycles=(KEPT_UNTIL_DELETED,),
    )
    for kind in STORES
)
