"""Text to query: a question is put to a database in SQL, or to a graph in Cypher; one service, two components."""

from dataclasses import replace
from typing import Any

from harness.comp import Comp, Deviation, Endpoint, Example, Refusal, Variant, World
from harness.opea.proto.services import Text2QueryRequest
from mocks import text2sql
from mocks._records import host_of, is_reachable
from mocks.text2cypher import ALIKE, BROKEN, NORWAY, QUESTION, Rows, answered, seeded
from mocks.text2sql import LAWS, Answer, Status

FOLDER = "comps/text2query/src"
UNREACHED = "Failed to connect to database"


def sql(request: Text2QueryRequest, world: World) -> Answer[Text2QueryRequest]:
    """The answer out of the mock's own three tables, whatever database is named."""
    _connected(request)
    return text2sql.answered(request, request.query or "")


def sql_health(request: Text2QueryRequest, world: World) -> Status:
    """That the database is there; for a mock every host is that is not of `.invalid`."""
    _connected(request)
    return Status(status="Connection successful")


def cypher(request: Text2QueryRequest, world: World) -> Rows:
    """The rows that answer the question; `options` may bring `cypher_insert` and `refresh_db`."""
    insert = request.options.get("cypher_insert")
    if insert is not None and not isinstance(insert, str):
        raise Refusal(400, "options.cypher_insert: is no text")
    if request.query is None:
        raise Refusal(400, "query: is missing; it is the question")
    graph = seeded(world, "text2query", insert, refresh=bool(request.options.get("refresh_db", True)))
    return answered(request.query, graph)


def cypher_health(request: Text2QueryRequest, world: World) -> Status:
    """That all is well, as the component for graphs says without looking."""
    return Status(status="Connection successful")


def _connected(request: Text2QueryRequest) -> None:
    host = host_of(request.conn_url or "")
    if host is None:
        raise Refusal(
            400, "conn_url: is no address of a database, like postgresql://user:password@host:5432/name"
        )
    if not is_reachable(host):
        raise Refusal(400, f"{UNREACHED}: {host}")


def _lacks_credentials(body: Any) -> bool:
    return "@" not in (body.get("conn_url") or "")


COUNT = "Find the total number of Albums."
URL = "postgresql://postgres:testpwd@host:5442/chinook"
DOWN = {"conn_url": "postgresql://postgres:testpwd@postgres.invalid:5432/chinook"}
NO_CREDENTIALS = Deviation(
    "no-credentials",
    "a conn_url that is missing or holds no user is an internal error, conn_user or not",
    _lacks_credentials,
    500,
)
UNREACHABLE = Deviation(
    "unreachable",
    "a database that cannot be reached is an internal error",
    lambda body: "@" in (body.get("conn_url") or ""),
    500,
    instead_of=400,
)
TELLS_PASSWORD = replace(
    UNREACHABLE,
    says=f"{UNREACHABLE.says}, whose words hold the password",
    body=b'{"detail":"Failed to connect to database: postgresql://user:password@host/name"}',
    content_type="application/json",
)


def _comp(suffix: str, component: str, image: str, *endpoints: Endpoint) -> Comp:
    return Comp(
        id=f"text2query{suffix}",
        title="opea_service@text2query",
        port=9097,
        image=f"opea/{image}:latest",
        statistics=False,
        settings={"TEXT2QUERY_COMPONENT_NAME": component},
        endpoints=endpoints,
    )


def _health(
    answer: Any, source: str, examples: tuple[Example, ...], known: tuple[Deviation, ...]
) -> Endpoint:
    variant = Variant("database", Text2QueryRequest, Status, examples)
    return Endpoint(
        "/v1/db/health", answer, (variant,), evidence="executed", declares=Any, source=source, known=known
    )


SQL_SOURCE = f"{FOLDER}/opea_text2query_microservice.py, {FOLDER}/integrations/text2sql.py"
CYPHER_SOURCE = f"{FOLDER}/opea_text2query_microservice.py, {FOLDER}/integrations/text2cypher.py"
THERE = {"status": "Connection successful"}

COMPS = (
    _comp(
        "",
        "OPEA_TEXT2QUERY_SQL",
        "text2query-sql",
        Endpoint(
            "/v1/text2query",
            sql,
            (
                Variant(
                    "sql",
                    Text2QueryRequest,
                    Answer[Text2QueryRequest],
                    examples=(
                        Example("count", {"query": COUNT, "conn_type": "sql", "conn_url": URL}, {"result": {"input": {"query": COUNT}}}),
                        Example(
                            "user-apart",
                            {"query": "List the artists.", "conn_url": "postgresql://host/x", "conn_user": "a", "conn_password": "b"},
                        ),
                        Example("no-database", {"query": COUNT}, status=400),
                        Example("unreachable", {"query": COUNT, **DOWN}, status=400),
                        Example("no-question", {"conn_url": URL}, {"result": {"input": {"query": None}}}),
                        Example("bad-options", {"query": COUNT, "conn_url": URL, "options": 7}, status=422),
                    ),
                    laws=LAWS,
                ),
            ),
            evidence="executed",
            declares=Any,
            source=SQL_SOURCE,
            known=(NO_CREDENTIALS, UNREACHABLE),
            notes=(
                "conn_type and conn_dialect are passed over",
                "a missing question is put to the model all the same",
                "the input comes back whole, the database's password too",
                "a mock has three tables: artists, albums, tracks",
            ),
        ),
        _health(
            sql_health,
            SQL_SOURCE,
            (
                Example("there", {"conn_url": URL}, THERE),
                Example("unreachable", DOWN, {"detail": f"{UNREACHED}: postgres.invalid"}, status=400),
                Example("no-url", {}, status=400),
            ),
            (NO_CREDENTIALS, TELLS_PASSWORD),
        ),
    ),
    _comp(
        ".cypher",
        "OPEA_TEXT2QUERY_CYPHER",
        "text2query-cypher",
        Endpoint(
            "/v1/text2query",
            cypher,
            (
                Variant(
                    "cypher",
                    Text2QueryRequest,
                    Rows | str,
                    examples=(
                        Example("symptoms", {"query": QUESTION, "conn_type": "cypher"}),
                        Example(
                            "seeded",
                            {"query": "Which country is Oslo the capital of?", "options": {"cypher_insert": NORWAY, "refresh_db": False}},
                        ),
                        Example("bad-seed", {"query": QUESTION, "options": {"cypher_insert": "no cypher"}}, status=400),
                        Example("no-question", {}, status=400),
                        Example("bad-options", {"query": QUESTION, "options": []}, status=422),
                    ),
                    laws=(ALIKE,),
                ),
            ),
            evidence="executed",
            declares=Any,
            source=CYPHER_SOURCE,
            known=(BROKEN,),
            notes=(
                "compose asks for a component OPEA_TEXT2QUERY_GRAPH, which is not registered: that container ends at once",
                "upstream seeds at the first request alone, a mock at every request that brings a seed",
            ),
        ),
        _health(
            cypher_health,
            CYPHER_SOURCE,
            (Example("there", {"conn_url": "bolt://neo4j:7687"}, THERE), Example("not-looked-at", {}, THERE)),
            (),
        ),
    ),
)  # fmt: skip
