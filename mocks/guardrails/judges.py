"""The guardrails that hold one text against another: factuality, and hallucination in an answer."""

import re
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Variant, World
from harness.opea.proto.chat import ChatCompletionRequest
from harness.opea.proto.generation import GeneratedDoc, LLMParamsDoc
from harness.opea.proto.searched import SearchedDoc
from harness.opea.proto.verdicts import FactualityDoc, ScoreDoc
from mocks._laws import not_a_share
from mocks._speech import heard
from mocks._text import topics
from mocks.guardrails._verdict import guardrail, source

FAITHFUL = 0.8  # So many of an answer's topics must be in its document; the rest may be wording.

_DOCUMENT = re.compile(r"^DOCUMENT:\s*(.*?)\s*^--", re.DOTALL | re.MULTILINE)
_ANSWER = re.compile(r"^ANSWER:\s*(.*?)\s*^--", re.DOTALL | re.MULTILINE)


def align(request: FactualityDoc, world: World) -> ScoreDoc:
    """How much of the text its reference holds, 0..1."""
    return ScoreDoc(score=_share(request.text, request.reference))


def detect(request: LLMParamsDoc | ChatCompletionRequest | SearchedDoc, world: World) -> GeneratedDoc | None:
    """PASS or FAIL for the ANSWER to a QUESTION out of a DOCUMENT, as Lynx words it; null to all other requests."""
    if not isinstance(request, ChatCompletionRequest):
        return None
    prompt = request.messages if isinstance(request.messages, str) else heard(request.messages)[0]
    document, answered = (_part(shape, prompt) for shape in (_DOCUMENT, _ANSWER))
    share = _share(answered, document)
    score = "PASS" if share >= FAITHFUL else "FAIL"
    return GeneratedDoc(
        text=f'{{"REASONING": ["{share:.0%} of the answer is in the document"], "SCORE": {score}}}', prompt=""
    )


def _part(shape: re.Pattern[str], prompt: str) -> str:
    found = shape.search(prompt)
    return found[1] if found else ""


def _share(text: str, reference: str) -> float:
    said, known = topics(text), set(topics(reference))
    return sum(topic in known for topic in said) / len(said) if said else 0.0


def _is_no_chat(body: Any) -> bool:
    messages = body["messages"]
    if "query" in body or not isinstance(messages, list):
        return "query" not in body
    return not messages or any("role" not in each for each in messages)


def _has_score(request: Any, reply: Any) -> str | None:
    text = "" if reply is None else reply["text"]
    return None if re.search(r'"SCORE": (PASS|FAIL)', text) else f"text: says neither PASS nor FAIL, {text!r}"


def lynx_prompt(question: str, document: str, answered: str) -> str:
    """The prompt that Lynx judges."""
    return (
        "Given the following QUESTION, DOCUMENT and ANSWER you must analyze the provided answer.\n"
        f"--\nQUESTION:\n{question}\n--\nDOCUMENT:\n{document}\n--\nANSWER:\n{answered}\n--\n"
    )


TOWER = "The Eiffel Tower stands in Paris."


def _judged(name: str, answered: str, score: str) -> Example:
    content = lynx_prompt("Where is the Eiffel Tower?", TOWER, answered)
    request = {"messages": [{"role": "user", "content": content}], "max_tokens": 600}
    share = "100%" if score == "PASS" else "67%"
    text = f'{{"REASONING": ["{share} of the answer is in the document"], "SCORE": {score}}}'
    return Example(name, request, {"prompt": "", "text": text})


COMPS: tuple[Comp, ...] = (
    guardrail(
        "factuality_alignment",
        9075,
        "guardrails-factuality-predictionguard",
        Endpoint(
            "/v1/factuality",
            align,
            variants=(
                Variant(
                    "texts",
                    FactualityDoc,
                    ScoreDoc,
                    examples=(
                        Example("true", {"reference": TOWER, "text": TOWER}, {"score": 1.0}),
                        Example("unlike", {"reference": TOWER, "text": "Bread needs yeast."}, {"score": 0.0}),
                        Example("no-reference", {"text": TOWER}, status=422),
                    ),
                    laws=(Law("share", "a score is between 0 and 1", not_a_share),),
                ),
            ),
            evidence="executed",
            source=source("factuality_alignment"),
            handler="factuality_guard",
        ),
    ),
    guardrail(
        "hallucination_detection",
        9000,
        "guardrails-hallucination-detection",
        Endpoint(
            "/v1/hallucination_detection",
            detect,
            variants=(
                Variant("params", LLMParamsDoc, None, examples=(Example("query", {"query": "q"}),)),
                Variant(
                    "chat",
                    ChatCompletionRequest,
                    GeneratedDoc,
                    examples=(
                        _judged("faithful", "The Eiffel Tower is in Paris.", "PASS"),
                        _judged("invented", "The Eiffel Tower is in London.", "FAIL"),
                    ),
                    laws=(Law("has-score", "the verdict is PASS or FAIL", _has_score),),
                ),
                Variant(
                    "searched",
                    SearchedDoc,
                    None,
                    examples=(Example("found", {"initial_query": "q", "retrieved_docs": []}),),
                ),
            ),
            evidence="executed",
            source=source("hallucination_detection"),
            handler="hallucination_guard",
            declares=Any,
            known=(
                Deviation(
                    "no-messages",
                    "a chat that is a text, or whose messages are none or lack a role, is an internal error: no model server takes it",
                    _is_no_chat,
                    500,
                ),
            ),
            notes=("upstream fails every request once LOGFLAG is set",),
        ),
    ),
)
