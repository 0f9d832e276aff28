"""Text to graph: the facts of a text as triplets of head, relation and tail; the text comes in the query."""

import re
from typing import Any

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Example, Law, Variant, World

FOLDER = "comps/text2graph/src"

# The relations are named as the model that upstream loads (Babelscape/rebel-large) names them; the verbs are our own.
RELATIONS = (
    (re.compile(r"\b(?:is|was) the capital of\b"), "capital of"),
    (re.compile(r"\b(?:is|are|was|were)? ?(?:located|situated) in\b|\blies in\b"), "located in the administrative territorial entity"),
    (re.compile(r"\b(?:is|are|was|were) part of\b"), "part of"),
    (re.compile(r"\bwas born in\b"), "place of birth"),
    (re.compile(r"\b(?:is|was) (?:founded|established) by\b"), "founded by"),
    (re.compile(r"\b(?:is|was|were) (?:written|composed) by\b"), "author"),
    (re.compile(r"\bwrote\b|\bcomposed\b"), "notable work"),
    (re.compile(r"\bworks? (?:for|at)\b"), "employer"),
    (re.compile(r"\b(?:is|are|was|were) made of\b"), "material used"),
    (re.compile(r"\b(?:has|have|contains?)\b"), "has part"),
    (re.compile(r"\b(?:is|are|was|were) (?:an?|the)?"), "instance of"),
)  # fmt: skip

_SENTENCE_END = re.compile(r"[.!?;\n]+(?:\s+|$)")
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


class Text(BaseModel):
    """The text, as the query brings it."""

    input_text: str


class Triplet(BaseModel):
    """A fact: `head` is `type` of `tail`."""

    head: str
    type: str
    tail: str


class Facts(BaseModel):
    """What is spoken of, by name, and the facts."""

    entities: dict[str, dict[str, str]]
    relations: list[Triplet]


class Triplets(BaseModel):
    """The facts of a text."""

    graph_triplets: Facts


class Graph(BaseModel):
    """The facts, wrapped as upstream wraps them."""

    result: Triplets


def execute(request: Text, world: World) -> Graph:
    """The facts that the text states in plain words."""
    relations = triplets(request.input_text)
    names = dict.fromkeys(name for fact in relations for name in (fact.head, fact.tail))
    facts = Facts(entities={name: {"title": name} for name in names}, relations=relations)
    return Graph(result=Triplets(graph_triplets=facts))


def triplets(text: str) -> list[Triplet]:
    """One fact a sentence at most, by the first relation that its words name; each once."""
    found: list[Triplet] = []
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        for verb, relation in RELATIONS:
            parts = verb.split(sentence, maxsplit=1)
            head, tail = (_ARTICLE.sub("", part.strip(" ,")) for part in (parts[0], parts[-1]))
            if len(parts) == 2 and head and tail:
                fact = Triplet(head=head, type=relation, tail=tail)
                found += [] if fact in found else [fact]
                break
    return found


def _in_text(request: Any, reply: Any) -> str | None:
    text = " ".join(request["input_text"].split()).lower()
    for at, fact in enumerate(_relations(reply)):
        for part in ("head", "tail"):
            if fact[part].lower() not in text:
                return f"relations[{at}].{part}: {fact[part][:40]!r} is not in the text"
    return None


def _each_once(request: Any, reply: Any) -> str | None:
    facts = _relations(reply)
    twice = [fact for at, fact in enumerate(facts) if fact in facts[:at]]
    return f"relations: {twice[0]} comes twice" if twice else None


def _relations(reply: Any) -> Any:
    return reply["result"]["graph_triplets"]["relations"]


TEXT = "Oslo is the capital of Norway. A tram is a rail vehicle. Rails are made of steel."

COMPS = (
    Comp(
        id="text2graph",
        title="opea_service@text2graph",
        port=8090,
        image="opea/text2graph:latest",
        statistics=False,
        endpoints=(
            Endpoint(
                "/v1/text2graph",
                execute,
                (
                    Variant(
                        "text",
                        Text,
                        Graph,
                        examples=(
                            Example("facts", {"input_text": TEXT}),
                            Example("no-facts", {"input_text": "Who is there?"}),
                            Example("no-text", {}, status=422),
                        ),
                        laws=(
                            Law("in-text", "heads and tails are words of the text", _in_text),
                            Law("each-once", "no fact comes twice", _each_once),
                        ),
                    ),
                ),
                evidence="executed",
                declares=Any,
                source=f"{FOLDER}/opea_text2graph_microservice.py, {FOLDER}/integrations/opea.py",
                body="query",
                notes=("the text is a parameter of the query: in a JSON body it is missing, which is 422",),
            ),
        ),
    ),
)  # fmt: skip
