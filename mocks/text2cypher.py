"""Text to Cypher: a question is put to a graph, and answered with the rows that came."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from mocks._cypher import CypherError, run
from mocks._graph import Graph, cypher_for, fill

FOLDER = "comps/text2cypher/src"

Filled = Annotated[str, Field(min_length=1)]
Rows = list[dict[str, Any]]


class Neo4jConnection(BaseModel):
    """Where the graph is; passed over, as upstream does."""

    user: Filled
    password: Filled
    url: Filled


class Neo4jSeeding(BaseModel):
    """What the graph is to be filled with; `refresh_db` takes out what was there."""

    cypher_insert: Filled
    refresh_db: bool = True


class Input(BaseModel):
    """A question, and what is to be in the graph before it is asked."""

    input_text: str
    conn_str: Neo4jConnection | None = None
    seeding: Neo4jSeeding | None = None


def text2cypher(request: Input, world: World) -> Rows:
    """The rows that answer the question; none where the graph holds nothing of what is asked about."""
    seeding = request.seeding
    graph = seeded(
        world, "text2cypher", seeding.cypher_insert if seeding else None, refresh=bool(seeding and seeding.refresh_db)
    )  # fmt: skip
    return answered(request.input_text, graph)


def seeded(world: World, name: str, insert: str | None, *, refresh: bool) -> Graph:
    """The graph of that name, with the mock's ailments in it at first; `insert` is carried out, after a refresh if asked."""
    graph = world.store(f"graph.{name}", _ailments)
    if insert is None:
        return graph
    changed = Graph() if refresh else Graph(list(graph.nodes), list(graph.edges))
    try:
        run(insert, changed)
    except CypherError as error:
        raise Refusal(400, str(error)) from None
    graph.nodes, graph.edges = changed.nodes, changed.edges
    return graph


def _ailments() -> Graph:
    graph = Graph()
    fill(graph)
    return graph


def answered(question: str, graph: Graph) -> Rows:
    """The rows that answer a question about a graph."""
    statement = cypher_for(question, graph)
    return run(statement, graph) if statement else []


def alike(request: Any, reply: Any) -> str | None:
    """What is wrong with rows of which one has other columns than another, or None."""
    columns = {tuple(row) for row in reply} if isinstance(reply, list) else set()
    return f"rows have the columns {sorted(columns)}, not one set of them" if len(columns) > 1 else None


ALIKE = Law("rows-alike", "all rows have the same columns", alike)
QUESTION = "what are the symptoms for Diabetes?"
NORWAY = "MERGE (c:city {name: 'Oslo'})-[:CAPITAL_OF]->(n:country {name: 'Norway'})"
BROKEN = Deviation(
    "graph-fails", "what the graph refuses is an internal error", lambda _body: True, 500, instead_of=400
)

COMPS = (
    Comp(
        id="text2cypher",
        title="opea_service@text2cypher",
        port=9097,
        service_type="TEXT2CYPHER",
        image="opea/text2cypher-gaudi:latest",
        endpoints=(
            Endpoint(
                "/v1/text2cypher",
                text2cypher,
                (
                    Variant(
                        "question",
                        Input,
                        Rows | str,
                        examples=(
                            Example("symptoms", {"input_text": QUESTION}),
                            Example("unknown", {"input_text": "what is the weather like?"}),
                            Example(
                                "seeded",
                                {"input_text": "Which country is Oslo the capital of?", "seeding": {"cypher_insert": NORWAY, "refresh_db": False}},
                            ),
                            Example(
                                "bad-seed", {"input_text": QUESTION, "seeding": {"cypher_insert": "no cypher"}}, status=400
                            ),
                            Example("no-question", {"conn_str": {"user": "a", "password": "b", "url": "bolt://c"}}, status=422),
                        ),
                        laws=(ALIKE,),
                    ),
                ),
                evidence="executed",
                declares=Any,
                source=f"{FOLDER}/opea_text2cypher_microservice.py, {FOLDER}/integrations/native.py",
                known=(BROKEN,),
                notes=(
                    "conn_str is passed over: the graph is that of NEO4J_URL",
                    "upstream seeds at the first request alone, a mock at every request that brings a seed",
                    "upstream empties the database first, so what struct2graph put there is not asked",
                ),
            ),
        ),
    ),
)  # fmt: skip
