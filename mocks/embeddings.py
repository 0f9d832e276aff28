"""Embeddings: texts to unit vectors, in OpenAI's shapes; and the multimodal service that shares folder, port and path."""

import re
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from harness.opea.proto.docarray import EmbedMultimodalDoc, ImageDoc, TextDoc, TextImageDoc
from harness.opea.proto.embeddings import EmbeddingRequest, EmbeddingResponse, EmbeddingResponseData
from mocks._laws import bad_vector, texts_asked
from mocks._picture import seen
from mocks._text import CLIP_DIMENSION, CLIP_WORDS_MAX, DIMENSION, embed
from mocks._vision import BLUE, YELLOW, is_picture

SOURCE = "comps/embeddings/src/opea_embedding_microservice.py"
CLIP = "OPEA_CLIP_EMBEDDING"
WORD = re.compile("[a-z]{3,}")  # Every model knows these; what it does not know is all the same to it.
SHORT_LETTERS = 100  # Models read so much at least: two long texts may be cut to the same beginning.


def embedding(request: EmbeddingRequest, world: World) -> EmbeddingResponse:
    """One unit vector a text. Over TEI (the default) `dimensions` is passed over; over CLIP it is kept to."""
    dimension = int(world.settings.get("EMBEDDING_DIMENSION", DIMENSION))
    if world.settings.get("EMBEDDING_COMPONENT_NAME") == CLIP:
        asked = request.dimensions or 0
        dimension = asked if 0 < asked < CLIP_DIMENSION else CLIP_DIMENSION
    data = [
        EmbeddingResponseData.model_construct(
            index=place, object="embedding", embedding=embed(text, dimension).tolist()
        )
        for place, text in enumerate(_texts(request.input))
    ]
    return EmbeddingResponse.model_construct(object="list", model=None, data=data, usage=None)


def _texts(given: list[int] | list[list[int]] | str | list[str]) -> list[str]:
    """The texts asked for; a list of token ids stands for the text of its numbers."""
    if isinstance(given, str):
        return [given]
    if given and isinstance(given[0], int):
        return [_said(given)]
    return [each if isinstance(each, str) else _said(each) for each in given]


def _said(tokens: object) -> str:
    return " ".join(map(str, tokens)) if isinstance(tokens, list) else str(tokens)


def multimodal(request: TextDoc | ImageDoc | TextImageDoc, world: World) -> EmbedMultimodalDoc:
    """One vector for a text, or for a text with its image; a list of texts is taken as one."""
    text, image = _parts(request)
    if text is None:
        raise Refusal(400, "text: is missing; an image alone has no vector here")
    if image is not None and not (image.url or image.base64_image):
        raise Refusal(400, "image: has neither url nor base64_image")
    said = text if isinstance(text, str) else " ".join(text)
    vector = embed(f"{said} {_seen(image)}" if image else said, CLIP_DIMENSION)
    return EmbedMultimodalDoc.model_construct(
        **EmbedMultimodalDoc(text=text, embedding=[]).model_dump(
            exclude={"embedding", "url", "base64_image"}
        ),
        embedding=vector.tolist(),
        url=image.url if image else None,
        base64_image=image.base64_image if image else None,
    )


def _seen(image: ImageDoc) -> str:
    """What there is to see; of a picture that would have to be fetched, its address."""
    if not image.base64_image:
        return image.url or ""
    try:
        return seen(image.base64_image).told
    except ValueError as error:
        raise Refusal(400, f"image.base64_image: {error}") from None


def _parts(request: TextDoc | ImageDoc | TextImageDoc) -> tuple[str | list[str] | None, ImageDoc | None]:
    if isinstance(request, TextImageDoc):
        return (request.text.text if request.text else None), request.image
    return (request.text, None) if isinstance(request, TextDoc) else (None, request)


def _one_vector_a_text(request: Any, reply: Any) -> str | None:
    asked = texts_asked(request["input"])
    return (
        None if len(reply["data"]) == asked else f"data: holds {len(reply['data'])} vectors for {asked} texts"
    )


def _unit_vectors(request: Any, reply: Any) -> str | None:
    found = (
        bad_vector(row["embedding"], f"data[{at}].embedding", unit=not _is_of_clip(request, row["embedding"]))
        for at, row in enumerate(reply["data"])
    )
    return next(filter(None, found), None)


def _is_of_clip(request: Any, vector: Any) -> bool:
    """CLIP's vectors are not brought to length 1, neither whole nor cut; nobody else cuts."""
    return isinstance(vector, list) and len(vector) in (CLIP_DIMENSION, request.get("dimensions"))


def _one_length(request: Any, reply: Any) -> str | None:
    lengths = sorted({len(row["embedding"]) for row in reply["data"]})
    return f"data: vectors have lengths {lengths}, not one" if len(lengths) > 1 else None


def _in_order(request: Any, reply: Any) -> str | None:
    places = [row["index"] for row in reply["data"]]
    return None if places == list(range(len(places))) else f"data: indices are {places}, not 0, 1, 2 in order"


def _same_text_same_vector(request: Any, reply: Any) -> str | None:
    texts = request["input"]
    if isinstance(texts, str) or len(texts) != len(reply["data"]):
        return None
    seen: dict[str, Any] = {}
    for text, row in zip(texts, reply["data"], strict=True):
        if seen.setdefault(str(text), row["embedding"]) != row["embedding"]:
            return f"data[{row['index']}]: the text {text!r} has another vector than before"
    return None


def _other_words_other_vector(request: Any, reply: Any) -> str | None:
    texts = request["input"]
    if isinstance(texts, str) or len(texts) != len(reply["data"]):
        return None
    seen: dict[frozenset[str], tuple[str, Any]] = {}
    for text, row in zip(texts, reply["data"], strict=True):
        words = frozenset(WORD.findall(text.lower())) if isinstance(text, str) else frozenset()
        if not words or len(text) > SHORT_LETTERS:
            continue
        for other, (told, vector) in seen.items():
            if other != words and vector == row["embedding"]:
                return f"data[{row['index']}]: the text {text!r} has the vector of {told!r}"
        seen.setdefault(words, (text, row["embedding"]))
    return None


VECTOR_LAWS = (
    Law("one-vector-a-text", "there are as many vectors as texts", _one_vector_a_text),
    Law("unit-vectors", "every vector is finite, and of length 1 unless it is CLIP's", _unit_vectors),
    Law("one-length", "all vectors have the same length", _one_length),
    Law("in-order", "index counts the texts in their order", _in_order),
    Law("same-text-same-vector", "equal texts have equal vectors", _same_text_same_vector),
    Law("other-words-other-vector", "texts of other words have other vectors", _other_words_other_vector),
)

UNIT = Law(
    "unit-vector",
    "the vector is finite and of length 1",
    lambda _request, reply: bad_vector(reply["embedding"], "embedding"),
)


def _pair(text: str, image: str) -> dict[str, Any]:
    return {"text": {"text": text}, "image": {"base64_image": image}}


QUESTION = "What is Deep Learning?"

COMPS = (
    Comp(
        id="embeddings",
        title="opea_service@embedding",
        port=6000,
        service_type="EMBEDDING",
        image="opea/embedding:latest",
        needs={"TEI_EMBEDDING_ENDPOINT": "third_parties.tei"},
        endpoints=(
            Endpoint(
                "/v1/embeddings",
                embedding,
                variants=(
                    Variant(
                        "openai",
                        EmbeddingRequest,
                        EmbeddingResponse,
                        examples=(
                            Example(
                                "one-text",
                                {"input": QUESTION},
                                {"object": "list", "model": None, "usage": None},
                            ),
                            Example(
                                "texts", {"input": [QUESTION, QUESTION, "How are you?"]}, {"object": "list"}
                            ),
                            Example("tokens", {"input": [[1, 2, 3], [4]]}, {"object": "list"}),
                            Example("text-doc", {"text": QUESTION}, status=422),
                            Example("bad-format", {"input": "x", "encoding_format": "hex"}, status=422),
                        ),
                        laws=VECTOR_LAWS,
                    ),
                ),
                evidence="recorded",
                source=SOURCE,
                handler="embedding",
                known=(
                    Deviation(
                        "token-ids",
                        "token ids instead of text are an internal error over TEI",
                        lambda body: (
                            not isinstance(body["input"], str)
                            and any(not isinstance(each, str) for each in body["input"])
                        ),
                        500,
                    ),
                    Deviation(
                        "long-text",
                        "over CLIP a text of more than 75 words is an internal error",
                        lambda body: any(
                            len(text.split()) > CLIP_WORDS_MAX for text in _texts(body["input"])
                        ),
                        500,
                        where=lambda settings: settings.get("EMBEDDING_COMPONENT_NAME") == CLIP,
                    ),
                    Deviation(
                        "no-texts",
                        "no text at all is an internal error over TEI, which refuses it",
                        lambda body: body["input"] == [],
                        500,
                    ),
                ),
                notes=(
                    "model and usage are null over TEI and CLIP",
                    "TEI passes over dimensions and encoding_format; CLIP keeps to dimensions",
                ),
            ),
        ),
    ),
    Comp(
        id="embeddings.multimodal",
        title="opea_service@multimodal_embedding",
        port=6000,
        service_type="EMBEDDING",
        image="opea/embedding:latest",
        settings={"MULTIMODAL_EMBEDDING": "true"},
        endpoints=(
            Endpoint(
                "/v1/embeddings",
                multimodal,
                variants=(
                    Variant(
                        "text",
                        TextDoc,
                        EmbedMultimodalDoc,
                        examples=(
                            Example("text", {"text": "This is some sample text."}, {"url": None}),
                            Example("texts-as-one", {"text": ["one", "two"]}, {"base64_image": None}),
                            Example("nothing", {}, status=400),
                        ),
                        laws=(UNIT,),
                    ),
                    Variant(
                        "image",
                        ImageDoc,
                        None,
                        examples=(
                            Example("address", {"url": "x.png"}, status=400),
                            Example("picture", {"base64_image": YELLOW}, status=400),
                        ),
                    ),
                    Variant(
                        "text-and-image",
                        TextImageDoc,
                        EmbedMultimodalDoc,
                        examples=(
                            Example("both", _pair("A lighthouse.", YELLOW), {"base64_image": YELLOW}),
                            Example("another", _pair("A lighthouse.", BLUE), {"base64_image": BLUE}),
                            Example("half", {"image": {"base64_image": YELLOW}}, status=400),
                            Example("no-picture", _pair("A lighthouse.", "QUJD"), status=400),
                            Example("empty-image", {"text": {"text": "t"}, "image": {}}, status=400),
                        ),
                        laws=(UNIT,),
                    ),
                ),
                evidence="executed",
                source="comps/embeddings/src/opea_multimodal_embedding_microservice.py",
                known=(
                    Deviation(
                        "no-text",
                        "an empty document, an image alone and half a pair are internal errors",
                        lambda body: not body.get("text"),
                        500,
                    ),
                    Deviation(
                        "no-picture",
                        "an image that cannot be decoded, or is none at all, is an internal error",
                        lambda body: (
                            not is_picture(body["image"].get("base64_image"))
                            or not (body["image"].get("url") or body["image"].get("base64_image"))
                        ),
                        500,
                    ),
                ),
            ),
        ),
    ),
)
