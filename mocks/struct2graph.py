"""Structure to graph: Cypher fills a graph (Index), and Cypher asks it (Query)."""

from typing import Any

from pydantic import BaseModel

from harness.comp import Before, Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from mocks._cypher import CypherError, run
from mocks._graph import Graph

FOLDER = "comps/struct2graph/src"
PATH = "/v1/struct2graph"
INDEXED = "Done indexing"


class Input(BaseModel):
    """`Query` asks with `input_text`, `Index` fills with `cypher_cmd`; both are required, and one is passed over."""

    input_text: str
    task: str
    cypher_cmd: str


class Result(BaseModel):
    """That the graph was filled, or the rows that were asked for."""

    result: str | list[dict[str, Any]]


def execute(request: Input, world: World) -> Result:
    """Fill the graph anew, or ask it."""
    graph = world.store("graph.struct2graph", Graph)
    try:
        match request.task:
            case "Query":
                return Result(result=run(request.input_text, graph))
            case "Index":
                indexed = Graph()
                run(request.cypher_cmd, indexed)
                graph.nodes, graph.edges = indexed.nodes, indexed.edges
                return Result(result=INDEXED)
    except CypherError as error:
        raise Refusal(400, str(error)) from None
    raise Refusal(400, f"task: is {request.task!r}; it is Index or Query")


def _fits_task(request: Any, reply: Any) -> str | None:
    is_index, result = request["task"] == "Index", reply["result"]
    if is_index:
        return None if result == INDEXED else f"result: is {str(result)[:40]!r}, {INDEXED!r} was promised"
    return None if isinstance(result, list) else "result: is no list of rows"


LOAD = "LOAD CSV WITH HEADERS FROM 'file:///ailments.csv' AS row MERGE (d:disease {name: row.Disease})"
NORWAY = "MERGE (c:city {name: 'Oslo'})-[:CAPITAL_OF]->(n:country {name: 'Norway'})"
INDEX = Example("index", {"input_text": "", "task": "Index", "cypher_cmd": NORWAY}, {"result": INDEXED})
MADE = Before("index", f"POST {PATH}", INDEX, pick="")


def _query(cypher: str) -> dict[str, str]:
    return {"input_text": cypher, "task": "Query", "cypher_cmd": ""}


COMPS = (
    Comp(
        id="struct2graph",
        title="opea_service@struct2graph",
        port=8090,
        image="opea/struct2graph:latest",
        statistics=False,
        endpoints=(
            Endpoint(
                PATH,
                execute,
                (
                    Variant(
                        "task",
                        Input,
                        Result,
                        examples=(
                            INDEX,
                            Example("load", {"input_text": "", "task": "Index", "cypher_cmd": LOAD}, {"result": INDEXED}),
                            Example("query", _query("MATCH (n)-[r]->(m) RETURN n.name, type(r), m.name"), after=(MADE,)),
                            Example("nothing-there", _query("MATCH (n:nothing) RETURN n"), {"result": []}),
                            Example("no-cypher", _query("who is there?"), status=400),
                            Example("unknown-task", {**_query("MATCH (n) RETURN n"), "task": "Ask"}, status=400),
                            Example("no-task", {"input_text": "x", "cypher_cmd": ""}, status=422),
                        ),
                        laws=(Law("fits-task", "Index says that it is done, Query gives rows", _fits_task),),
                    ),
                ),
                evidence="executed",
                declares=Any,
                source=f"{FOLDER}/opea_struct2graph_microservice.py, {FOLDER}/integrations/opea.py",
                known=(
                    Deviation(
                        "graph-fails",
                        "an unknown task and what the graph refuses are internal errors",
                        lambda _body: True,
                        500,
                        instead_of=400,
                    ),
                ),
                notes=(
                    "Index empties the whole database first",
                    "a mock loads no file: LOAD CSV and apoc's loaders bring its own graph of ailments",
                ),
            ),
        ),
    ),
)  # fmt: skip
