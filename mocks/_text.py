"""Text with a meaning, without a model: words, vectors, relevance and an extractive answer.

The mocks share these so that a chain of them can be right or wrong: near texts get near vectors, a reranker orders by
relevance, and an LLM mock answers with a sentence of its context or says that it does not know. Everything is a pure
function of its arguments and the same on every machine.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from math import log
from struct import unpack

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

DIMENSION = 768  # BAAI/bge-base-en-v1.5, the default model of OPEA's embedding stack.
CLIP_DIMENSION = 512  # openai/clip-vit-base-patch32; also BridgeTower's joint space.
CLIP_WORDS_MAX = 75  # The model reads 77 tokens, two of which are its own, and every word is one at least.
UNKNOWN_ANSWER = "I do not know: the given context does not say."

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
NONCE = re.compile(r"\[nonce:[^\]\s]+\]")
_FUSED = re.compile(
    r"Answer the question:(?P<question>.*?)Instructions:.*?Structured:.*?Unstructured:(?P<context>.*)",
    re.DOTALL,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SPOTS = 8  # Numbers of a vector that one feature touches; more of them make chance collisions weigh less.
_STOP_WEIGHT = 0.05
_GRAM_WEIGHT = 0.35
_PAIR_WEIGHT = 0.3
_RELEVANT = 0.5  # Half of what the question asks about must be in a document before it may answer.

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both but by can could did do
    does doing done during each every for from get gets give given had has have having he her here him his how i if in
    into is it its just know like many may me might more most much must my need no nor not of off often on one only or
    other our out over own per please s say says she should so some such take takes tell than that the their them then
    there these they this those through to too under until up us use used very want was we were what when where which
    while who whom whose why will with without would you your""".split()  # noqa: SIM905 - prose is easier to keep sorted
)
_SUFFIXES = (
    ("ational", "ate"), ("ization", "ize"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
    ("ments", ""), ("ment", ""), ("ings", ""), ("ing", ""), ("edly", ""), ("ies", "y"), ("ied", "y"), ("ness", ""),
    ("ers", ""), ("ed", ""), ("er", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text in lower case and in order; a nonce (`[nonce:xyz]`) is no word."""
    return tuple(_WORD.findall(NONCE.sub(" ", text).lower().replace("\u2019", "'")))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without its commonest English endings: `tickets` and `ticketing` are both `ticket`."""
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: len(word) - len(suffix)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


@lru_cache(maxsize=8192)
def topics(text: str) -> tuple[str, ...]:
    """The stems of what a text is about, without stop words, each once, in order."""
    return tuple(dict.fromkeys(stem(word) for word in tokens(text) if word not in STOP_WORDS))


def embed(text: str, dimension: int = DIMENSION) -> Vector:
    """The unit vector (dimension) of a text; texts that share words, stems or letters are near. Read-only.

    Raises ValueError for a dimension below 1.
    """
    if dimension < 1:
        raise ValueError(f"dimension: is {dimension}; a vector has at least one number")
    return _embed(tokens(text) or (text.strip(),), dimension)


def similarity(one: str, other: str) -> float:
    """The cosine of the angle between two texts' vectors: 1 for the same words, near 0 for unlike texts."""
    return float(embed(one) @ embed(other))


def relevance(query: str, text: str) -> float:
    """How well a text answers a query, 0..1: the share of the query's topics that it holds, then their closeness.

    Better than the vectors' cosine, because a long text is not punished for what else it says.
    """
    return _relevance(_plain(query), text)


def answer(question: str, documents: Sequence[str]) -> str:
    """The sentence of the documents that answers best, or `UNKNOWN_ANSWER`; a nonce of the question is appended."""
    return _best_sentence(_plain(question), documents) + repeated(question)


def repeated(text: str) -> str:
    """The nonces of a text, as they are appended to what is said of it."""
    return "".join(f" {found}" for found in dict.fromkeys(NONCE.findall(text)))


def read_prompt(prompt: str) -> tuple[str, tuple[str, ...]]:
    """The question and the documents of a retrieval-augmented prompt.

    The marks are those of OPEA's own templates: `### Search results:` (GraphRAG has `### Intermediate answers:`), `### Question:`,
    `### Answer:`, and HybridRAG's; one line is one document. A prompt without them is all question.
    """
    fused = _FUSED.search(prompt)
    if fused:
        return fused["question"].strip(), _lines(fused["context"])
    before, mark, behind = prompt.rpartition("### Question:")
    if not mark:
        return prompt.strip(), ()
    question = behind.partition("### Answer:")[0].strip()
    context = re.split(r"### (?:Search results|Intermediate answers):", before, maxsplit=1)
    return question, _lines(context[1]) if len(context) > 1 else ()


def _lines(context: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in context.splitlines() if line.strip())


def write_prompt(question: str, documents: Iterable[str]) -> str:
    """A prompt that `read_prompt` reads back; each document is brought onto one line."""
    context = "\n".join(" ".join(text.split()) for text in documents)
    return (
        "### Answer from the search results alone; say that you do not know where they do not tell.\n"
        f"### Search results:\n{context}\n### Question: {question}\n### Answer:"
    )


@lru_cache(maxsize=16384)
def _relevance(query: str, text: str) -> float:
    near = max(0.0, min(1.0, similarity(query, text)))
    asked = topics(query)
    if not asked:
        return 0.1 * near
    return 0.8 * _coverage(asked, topics(text)) + 0.1 * _pair_share(query, text) + 0.1 * near


def _plain(text: str) -> str:
    return NONCE.sub("", text).strip()


def _best_sentence(question: str, documents: Sequence[str]) -> str:
    asked = topics(question)
    best, best_score = UNKNOWN_ANSWER, 0.0
    for text in documents:
        covered = _coverage(asked, topics(text))
        if covered < _RELEVANT:
            continue
        for sentence in _SENTENCE_END.split(text.strip()):
            score = covered + relevance(question, sentence)
            if sentence and score > best_score:
                best, best_score = sentence, score
    return best


def _coverage(asked: Sequence[str], held: Sequence[str]) -> float:
    """The share of the asked topics that are held; rare-looking (long) words weigh more."""
    if not asked:
        return 0.0
    there = frozenset(held)
    weights = {topic: min(len(topic), 8) for topic in asked}
    return sum(weight for topic, weight in weights.items() if topic in there) / sum(weights.values())


def _pair_share(query: str, text: str) -> float:
    pairs = _pairs(query)
    return len(pairs & _pairs(text)) / len(pairs) if pairs else 0.0


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[tuple[str, str]]:
    about = [stem(word) for word in tokens(text) if word not in STOP_WORDS]
    return frozenset(pairwise(about))


@lru_cache(maxsize=4096)
def _embed(words: tuple[str, ...], dimension: int) -> Vector:
    vector = np.zeros(dimension, dtype=np.float32)
    for word, count in Counter(words).items():
        weight = _STOP_WEIGHT if word in STOP_WORDS else 1.0
        vector += np.float32(weight * (1 + log(count))) * _word_vector(word, dimension)
    about = [stem(word) for word in words if word not in STOP_WORDS]
    for pair in pairwise(about):
        _add(vector, f"pair {' '.join(pair)}", _PAIR_WEIGHT)
    if not vector.any():  # Every feature cancelled out, which only a handful of numbers can do.
        vector[0] = 1.0
    vector /= np.linalg.norm(vector)
    vector.flags.writeable = False
    return vector


@lru_cache(maxsize=8192)
def _word_vector(word: str, dimension: int) -> Vector:
    """What one word adds to a text's vector (dimension): itself, its stem, and its runs of three letters."""
    vector = np.zeros(dimension, dtype=np.float32)
    _add(vector, f"word {word}", 0.5)
    _add(vector, f"stem {stem(word)}", 1.0)
    padded = f"<{word}>"
    grams = [padded[at : at + 3] for at in range(len(padded) - 2)]
    for gram in grams:
        _add(vector, f"gram {gram}", _GRAM_WEIGHT / len(grams) ** 0.5)
    return vector


def _add(vector: Vector, feature: str, weight: float) -> None:
    """Add a feature to a vector at places and with signs that only its name decides."""
    step = weight / _SPOTS**0.5
    digest = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=4 * _SPOTS).digest()
    for number in unpack(f"<{_SPOTS}I", digest):
        vector[(number >> 1) % vector.size] += step if number & 1 else -step
