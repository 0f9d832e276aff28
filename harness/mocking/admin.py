"""A mock's admin routes under `/_harness/`: those of every place, and `state`."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import orjson

from harness.admin import PREFIX, Admin, refusal
from harness.comp import Refusal
from harness.mocking.asgi import Receive, Scope, Send, Whole, read_body, refused


def is_admin(path: str) -> bool:
    """Whether a path is the harness's own."""
    return path.startswith(PREFIX)


async def administer(
    admin: Admin, state: Mapping[str, object], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer an admin request, to callers on this machine only."""
    client = scope.get("client")
    answer = refusal(client[0] if client else None)
    if answer is None and (scope["method"], scope["path"]) == ("GET", f"{PREFIX}state"):
        answer = 200, dict(state)
    if answer is None:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        try:
            answer = admin.handle(scope["method"], scope["path"], query, await read_body(receive))
        except Refusal as too_much:
            await refused(too_much.status, too_much.detail).send(send)
            return
    await Whole(answer[0], orjson.dumps(answer[1])).send(send)
