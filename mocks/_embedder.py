"""The vectors of what dataprep ingests: the mocks' own, or those of an embedding service that stands beside them."""

from collections.abc import Callable, Sequence
from http.client import HTTPException
from urllib.request import Request, urlopen

import numpy as np
import orjson

from harness.comp import Refusal, World
from mocks._text import Vector, embed

EMBEDDER = "OPEA_MOCK_EMBEDDER"  # The address of its `/v1/embeddings`.
LIMIT_S = 60.0
AT_ONCE = 16

Embedder = Callable[[Sequence[str], int], list[Vector]]


def own(texts: Sequence[str], dimension: int) -> list[Vector]:
    """The mocks' own vectors, of that length."""
    return [embed(text, dimension) for text in texts]


def embedder_of(world: World) -> Embedder:
    """Who embeds: the service that the setting `OPEA_MOCK_EMBEDDER` names, whose vectors are as long as they are, or the mocks."""
    url = world.settings.get(EMBEDDER)
    return own if not url else lambda texts, _dimension: _asked(url, texts)


def _asked(url: str, texts: Sequence[str]) -> list[Vector]:
    """Its vectors, in their order; refuses with 502 where it does not give them."""
    found: list[Vector] = []
    for first in range(0, len(texts), AT_ONCE):
        body = orjson.dumps({"input": texts[first : first + AT_ONCE]})
        request = Request(url, body, {"content-type": "application/json"})  # noqa: S310 - the stack's own address
        try:
            with urlopen(request, timeout=LIMIT_S) as reply:  # noqa: S310 - as above
                rows = orjson.loads(reply.read())["data"]
            found += [np.asarray(row["embedding"], dtype=np.float32) for row in rows]
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise Refusal(502, f"{url}: does not embed: {error}") from None
    return found
