"""The CLIP embedding server: three contracts on one path, told apart by what a request carries.

A text document becomes an EmbedDoc whose constraints are the dates in the text; `input` gets OpenAI's reply; a chat
comes back with its embedding in it.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.documents import TextDoc
from harness.opea.proto.embeddings import EmbeddingRequest, EmbeddingResponse, EmbeddingResponseData
from harness.opea.proto.searched import EmbedDoc
from mocks._laws import bad_vectors, texts_asked
from mocks._text import CLIP_WORDS_MAX, embed

DIMENSION = 512  # openai/clip-vit-base-patch32

_SPAN = re.compile(r"\b(?:last (\d+) (hour|day|week)s?|yesterday)\b", re.IGNORECASE)
_DAY = re.compile(r"\blast (mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
_WEEK = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")


def embedding(
    request: TextDoc | EmbeddingRequest | ChatCompletionRequest, world: World
) -> EmbedDoc | EmbeddingResponse | ChatCompletionRequest:
    """Vectors of 512 numbers; `dimensions` cuts them, without bringing them back to length 1."""
    if isinstance(request, TextDoc):
        return _embedded(request)
    texts = _texts(request.input)
    vectors = [embed(text, DIMENSION).tolist()[: request.dimensions] for text in texts]
    reply = EmbeddingResponse(
        data=[EmbeddingResponseData(index=at, embedding=vector) for at, vector in enumerate(vectors)]
    )
    if isinstance(request, EmbeddingRequest):
        return reply
    return request.model_copy(update={"embedding": reply})


def constraints(text: str, now: datetime) -> dict[str, Any]:
    """What a date in the text restricts a search to: a day, or a time since when; nothing without one."""
    span = _SPAN.search(text)
    if span is not None:
        ago = timedelta(**{f"{span[2].lower()}s": int(span[1])}) if span[1] else timedelta(days=1)
        since = now - ago
        return {"date_time": [">=", {"_date": since.replace(microsecond=0, tzinfo=None).isoformat()}]}
    named = _DAY.search(text)
    days = (now.weekday() - _WEEK.index(named[1].lower()) - 1) % 7 + 1 if named else 0
    if named or re.search(r"\btoday\b", text, re.IGNORECASE):
        return {"date": ["==", (now - timedelta(days=days)).date().isoformat()]}
    return {}


def _embedded(request: TextDoc) -> EmbedDoc:
    if request.text in (None, []):
        raise Refusal(400, "text: is missing; there is nothing to embed")
    now = datetime.now(UTC)
    if isinstance(request.text, str):
        vector, found = embed(request.text, DIMENSION).tolist(), constraints(request.text, now)
        return EmbedDoc(text=request.text, embedding=vector, constraints=found)
    return EmbedDoc(
        text=request.text,
        embedding=[embed(text, DIMENSION).tolist() for text in request.text],
        constraints=[constraints(text, now) for text in request.text],
    )


def _texts(given: Any) -> list[str]:
    if given is None:
        raise Refusal(400, "input: is missing; there is nothing to embed")
    if isinstance(given, str):
        return [given]
    if given and all(isinstance(each, int) for each in given):
        return [" ".join(map(str, given))]
    return [each if isinstance(each, str) else " ".join(map(str, each)) for each in given]


def _cannot_be_read(body: Any) -> bool:
    """Whether the tokenizer or the model fails: no texts at all, one that is none, one that is too long."""
    given = body["text"] if body.get("text") is not None else body["input"]
    texts = [given] if isinstance(given, str) else given
    return not texts or not all(
        isinstance(each, str) and len(each.split()) <= CLIP_WORDS_MAX for each in texts
    )


def _rows(reply: Any) -> list[Any]:
    """The vectors of a reply, in whichever of its three shapes."""
    if "data" in reply:
        return [row["embedding"] for row in reply["data"]]
    vectors = reply["embedding"]
    if isinstance(vectors, dict):
        return _rows(vectors)
    return [vectors] if vectors and not isinstance(vectors[0], list) else list(vectors)


def _finite(request: Any, reply: Any) -> str | None:
    return bad_vectors(_rows(reply), "embedding[{}]", unit=False)


def _one_vector_a_text(request: Any, reply: Any) -> str | None:
    asked, got = texts_asked(request.get("input") or request.get("text")), len(_rows(reply))
    return None if asked == got else f"{got} vectors for {asked} texts"


def _cut(request: Any, reply: Any) -> str | None:
    most = min(request.get("dimensions") or DIMENSION, DIMENSION)
    lengths = {len(vector) for vector in _rows(reply)}
    return None if lengths <= {most} else f"vectors have {sorted(lengths)} numbers, not {most}"


LAWS = (
    Law("one-vector-a-text", "there are as many vectors as texts", _one_vector_a_text),
    Law("finite", "every number of a vector is finite", _finite),
    Law("dimensions", "a vector has 512 numbers, or as many as dimensions says", _cut),
)
QUESTION = "What is Deep Learning?"

COMP = Comp(
    id="third_parties.clip",
    title="opea_service@embedding_multimodal_clip",
    port=6990,
    service_type="EMBEDDING",
    image="opea/embedding-multimodal-clip:latest",
    endpoints=(
        Endpoint(
            "/v1/embeddings",
            embedding,
            variants=(
                Variant(
                    "text",
                    TextDoc,
                    EmbedDoc,
                    examples=(
                        Example("text", {"text": QUESTION}, {"constraints": {}, "k": 4}),
                        Example("texts", {"text": ["a man", "a tram"]}, {"constraints": [{}, {}]}),
                        Example("nothing", {}, status=400),
                    ),
                    laws=LAWS,
                ),
                Variant(
                    "openai",
                    EmbeddingRequest,
                    EmbeddingResponse,
                    examples=(
                        Example("one", {"input": QUESTION}, {"object": "list", "model": None, "usage": None}),
                        Example("cut", {"input": ["Hello", "there"], "dimensions": 100}, {"object": "list"}),
                    ),
                    laws=LAWS,
                ),
                Variant(
                    "chat",
                    ChatCompletionRequest,
                    ChatCompletionRequest,
                    examples=(
                        Example(
                            "input", {"messages": QUESTION, "input": QUESTION}, {"messages": QUESTION, "k": 4}
                        ),
                        Example("no-input", {"messages": QUESTION}, status=400),
                    ),
                    laws=LAWS,
                ),
            ),
            evidence="recorded",
            source="comps/third_parties/clip/src/clip_server.py",
            handler="embedding",
            known=(
                Deviation(
                    "nothing",
                    "a request without text or input is an internal error",
                    lambda _body: True,
                    500,
                    instead_of=400,
                ),
                Deviation(
                    "unread",
                    "no texts, token ids, and a text of more than 75 words are internal errors",
                    _cannot_be_read,
                    500,
                ),
            ),
            notes=(
                "the real vectors are not of length 1",
                "a date is found by upstream in many wordings; here in today, yesterday, last Friday, last 48 hours",
            ),
        ),
    ),
)
