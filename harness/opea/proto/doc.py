"""What the documents share: an id of their own, routing, and fields that are absent rather than null.

The names and the order of fields in JSON are those of docarray's BaseDoc, which OPEA's documents derive from
(comps/cores/proto/docarray.py, GenAIComps 8130a3f; docarray 0.41).
"""

import mimetypes
import secrets
import string
import time
from pathlib import PurePosixPath
from random import getrandbits
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

# Upstream types such fields without None and yet defaults them to it: left out they are null in a reply, but an
# explicit null in a request is refused with 422.
ABSENT: Any = None


def _as_id(value: object) -> object:
    """What docarray makes of an id: whatever it is, as text."""
    return value if value is None else str(value)


def _kind(wanted: str) -> AfterValidator:
    """Refuses an address whose ending is not known to be of the kind, as docarray does; no ending passes."""

    def check(url: str) -> str:
        path = PurePosixPath(urlsplit(url).path)
        kind = mimetypes.guess_type(path)[0] or "unknown"
        if path.suffix and not kind.startswith(f"{wanted}/"):
            raise ValueError(f"{url}: ends in {path.suffix}, which is {kind}; {wanted} is wanted")
        return url

    return AfterValidator(check)


ImageUrl = Annotated[str, _kind("image")]
AudioUrl = Annotated[str, _kind("audio")]


def new_id() -> str:
    """A fresh id of 32 hexadecimal digits; no secret, so that making one may cost a tenth of `secrets.token_hex`."""
    return f"{getrandbits(128):032x}"


class Routing(BaseModel):
    """Lets a comp keep its reply from nodes after it, by patterns of their names."""

    downstream_black_list: list[Any] | None = []


class Doc(BaseModel):
    """A document; each gets a fresh id, which does not count when two are compared.

    Unknown fields are ignored, assigned values are validated.
    """

    model_config = ConfigDict(validate_assignment=True)

    id: Annotated[str | None, BeforeValidator(_as_id)] = Field(default_factory=new_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Doc) and self._said() == other._said()

    __hash__ = None  # type: ignore[assignment]  # Documents change.

    def _said(self) -> dict[str, Any]:
        return {name: value for name, value in self if name != "id"}


def now_s() -> int:
    """The time in seconds since 1970, as OpenAI's replies tell it."""
    return int(time.time())


def chat_id() -> str:
    """A fresh id of a chat completion."""
    return f"chatcmpl-{_short()}"


def completion_id() -> str:
    """A fresh id of a text completion."""
    return f"cmpl-{_short()}"


def _short() -> str:
    """22 letters and digits, as shortuuid makes them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(22))
