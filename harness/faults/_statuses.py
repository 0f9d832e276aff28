"""A node that answers with a status that is no success."""

from collections.abc import Mapping

import orjson

from harness.fault import Effect, Expected, Fault

CALLERS = frozenset({400, 413, 422})  # An entry node may have been right to refuse what the caller sent.
BUSY = frozenset({429, 503})


def status(code: int, headers: Mapping[str, str] | None = None, *, default: bool = False) -> Fault:
    """The node is not asked; the answer is `code` with a JSON body as FastAPI makes it."""
    statuses = (code,) if code in BUSY else (502, code) if code in CALLERS else (502,)
    return Fault(
        f"status-{code}",
        f"the node answers {code}" + "".join(f", {name} {value}" for name, value in (headers or {}).items()),
        Effect(
            status=code,
            reply_headers={"content-type": "application/json", **(headers or {})},
            reply_body=orjson.dumps({"detail": f"status {code}, by a fault of the harness"}),
        ),
        Expected("error", statuses, ("upstream_4xx" if code < 500 else "upstream_5xx",)),
        default=default,
    )
