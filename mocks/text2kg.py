"""Text to knowledge graph: a question, and what a graph of facts answers; the question comes in the query."""

from typing import Any

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Example, Law, Variant, World
from mocks._graph import sentences
from mocks._text import answer

FOLDER = "comps/text2kg/src"


class Text(BaseModel):
    """The question, as the query brings it."""

    input_text: str


class Response(BaseModel):
    """What LlamaIndex answers, as FastAPI writes it."""

    response: str | None
    source_nodes: list[dict[str, Any]] = []
    metadata: dict[str, Any] | None = None


class Answer(BaseModel):
    """The answer, wrapped as upstream wraps it."""

    result: Response


def execute(request: Text, world: World) -> Answer:
    """The fact of the mock's own graph that answers the question, or that it does not know."""
    return Answer(result=Response(response=answer(request.input_text, sentences()), metadata={}))


def _says_something(request: Any, reply: Any) -> str | None:
    return None if reply["result"]["response"] else "result.response: is empty"


COMPS = (
    Comp(
        id="text2kg",
        title="opea_service@text2kg",
        port=8090,
        image="opea/text2kg:latest",
        statistics=False,
        endpoints=(
            Endpoint(
                "/v1/text2kg",
                execute,
                (
                    Variant(
                        "question",
                        Text,
                        Answer,
                        examples=(
                            Example("symptoms", {"input_text": "What are the symptoms of Migraine?"}),
                            Example("unknown", {"input_text": "What is the weather like?"}),
                            Example("no-text", {}, status=422),
                        ),
                        laws=(Law("says-something", "an answer says something", _says_something),),
                    ),
                ),
                evidence="source-only",
                declares=Any,
                source=f"{FOLDER}/opea_text2kg_microservice.py, {FOLDER}/integrations/opea.py",
                body="query",
                notes=(
                    "upstream does not start: its port is the text of TEXT2KG_PORT, and uvicorn takes a number",
                    "the shape of the result is that of LlamaIndex' Response, by its source",
                ),
            ),
        ),
    ),
)
