"""A megaservice of two nodes that is soon asked, broken and loaded: a guardrail, and an LLM that is given the one document.

`small-swift` is the same without any latency of its mocks.
"""

from dataclasses import replace

from harness.megaservice import Megaservice
from harness.scenario import Objectives
from mocks._text import write_prompt
from scenarios._corpus import DOCUMENTS, QUESTIONS
from scenarios.rag import GUARDRAIL, LLM, RAG

DOCUMENT = next(document for document in DOCUMENTS if document.id == "line-one.txt")
ASKED = ("line-one-ends", "airport", "bomb")


def _prompt(inputs, asked):
    prompt = write_prompt(inputs["text"], (DOCUMENT.text,))
    return {"model": "mock", "messages": [{"role": "user", "content": prompt}], "stream": asked.stream}


SMALL = replace(
    RAG,
    name="small",
    megaservice=Megaservice(
        "small",
        "/v1/chatqna",
        nodes=(GUARDRAIL, replace(LLM, after=("guardrail_in",), request=_prompt)),
        total_s=20.0,
    ),
    questions=tuple(question for question in QUESTIONS if question.id in ASKED),
    documents=(),
    objectives=Objectives(response_ms=2000.0),
    retriever="",
    rate_per_s=10.0,
    duration_s=2.0,
)

SCENARIOS = (SMALL, replace(SMALL, name="small-swift", latency={}))
