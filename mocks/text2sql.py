"""Text to SQL: a question is put to a database, and answered with what came and the SQL that fetched it."""

import re
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Refusal, Variant, World
from mocks._laws import unlike
from mocks._records import ask, is_reachable

FOLDER = "comps/text2sql/src"
SOURCE = f"{FOLDER}/opea_text2sql_microservice.py, {FOLDER}/integrations/opea.py"
UNCONNECTED = "Failed to connect to PostgreSQL database"

Filled = Annotated[str, Field(min_length=1)]
Asked = TypeVar("Asked")


class PostgresConnection(BaseModel):
    """Where the database is."""

    user: Filled
    password: Filled
    host: Filled
    port: Annotated[int, Field(ge=1, le=65535)]
    database: Filled


class Input(BaseModel):
    """A question, and the database that it is put to."""

    input_text: str
    conn_str: PostgresConnection | None = None


class DBConnectionInput(BaseModel):
    """The database that is to be tried."""

    conn_str: PostgresConnection


class Action(BaseModel):
    """What upstream's agent did, as LangChain tells it."""

    tool: str
    tool_input: str | dict[str, Any]
    log: str
    type: Literal["AgentAction"] = "AgentAction"


class Result(BaseModel, Generic[Asked]):
    """The whole request, what the database said, what the agent did and saw of it, and the first SQL."""

    input: Asked
    output: str
    intermediate_steps: list[tuple[Action, str]]
    sql: str


class Answer(BaseModel, Generic[Asked]):
    """The result, wrapped as upstream wraps it."""

    result: Result[Asked]


class Status(BaseModel):
    """That the database is there."""

    status: Literal["Connection successful"]


def check(request: DBConnectionInput, world: World) -> Status:
    """That the database is there; for a mock every host is that is not of `.invalid`."""
    _connected(request.conn_str)
    return Status(status="Connection successful")


def execute(request: Input, world: World) -> Answer[Input]:
    """The answer to the question out of the mock's own three tables, whatever database is named."""
    if request.conn_str is None:
        raise Refusal(400, "conn_str: is missing; it says which database is asked")
    _connected(request.conn_str)
    return answered(request, request.input_text)


def answered(request: Asked, question: str) -> Answer[Asked]:
    """The answer to a question, as an agent that needs one step gives it."""
    found = ask(question)
    log = f"Action: sql_db_query\nAction Input: {found.sql}"
    step = Action(tool="sql_db_query", tool_input=found.sql, log=log)
    return Answer(
        result=Result(
            input=request, output=found.output, intermediate_steps=[(step, found.output)], sql=found.sql
        )
    )


def _connected(database: PostgresConnection) -> None:
    if not is_reachable(database.host):
        raise Refusal(400, UNCONNECTED)


def question_kept(request: Any, reply: Any) -> str | None:
    """What is wrong with the question in a result, or None; the request names it `input_text` or `query`."""
    name = "input_text" if "input_text" in request else "query"
    return unlike(reply["result"]["input"][name], request.get(name), f"result.input.{name}")


def is_select(request: Any, reply: Any) -> str | None:
    """What is wrong with the SQL in a result, or None."""
    sql = reply["result"]["sql"]
    if not re.match(r"\s*(SELECT|WITH)\b", sql, re.IGNORECASE):
        return f"result.sql: {sql[:40]!r} is no SELECT"
    return "result.sql: is more than one statement" if ";" in sql.strip().rstrip(";") else None


LAWS = (
    Law("question-kept", "the question comes back as it was asked", question_kept),
    Law("is-select", "the SQL is one SELECT", is_select),
)
QUESTION = "Find the total number of Albums."
DATABASE = {
    "user": "postgres",
    "password": "testpwd",
    "host": "postgres",
    "port": 5432,
    "database": "records",
}
NOWHERE = {**DATABASE, "host": "postgres.invalid"}
DOWN = Deviation(
    "unreachable",
    "a database that cannot be reached is an internal error",
    lambda body: bool(body.get("conn_str")),
    500,
    b'{"detail":"Failed to connect to PostgreSQL database"}',
    "application/json",
    instead_of=400,
)

COMPS = (
    Comp(
        id="text2sql",
        title="opea_service@text2sql",
        port=8080,
        image="opea/text2sql:latest",
        needs={"TGI_LLM_ENDPOINT": "third_parties.tgi"},
        statistics=False,
        endpoints=(
            Endpoint(
                "/v1/postgres/health",
                check,
                (
                    Variant(
                        "database",
                        DBConnectionInput,
                        Status,
                        examples=(
                            Example("there", {"conn_str": DATABASE}, {"status": "Connection successful"}),
                            Example("unreachable", {"conn_str": NOWHERE}, {"detail": UNCONNECTED}, status=400),
                            Example("no-port", {"conn_str": {**DATABASE, "port": 0}}, status=422),
                        ),
                    ),
                ),
                evidence="executed",
                declares=Any,
                source=SOURCE,
                known=(DOWN,),
            ),
            Endpoint(
                "/v1/text2sql",
                execute,
                (
                    Variant(
                        "question",
                        Input,
                        Answer[Input],
                        examples=(
                            Example("count", {"input_text": QUESTION, "conn_str": DATABASE}, {"result": {"input": {"input_text": QUESTION}}}),
                            Example("whose", {"input_text": "List all albums by Bach.", "conn_str": DATABASE}),
                            Example("no-database", {"input_text": QUESTION}, status=400),
                            Example("unreachable", {"input_text": QUESTION, "conn_str": NOWHERE}, {"detail": UNCONNECTED}, status=400),
                            Example("no-question", {"conn_str": DATABASE}, status=422),
                        ),
                        laws=LAWS,
                    ),
                ),
                evidence="executed",
                declares=Any,
                source=SOURCE,
                known=(
                    DOWN,
                    Deviation("no-database", "a missing conn_str is an internal error", lambda body: not body.get("conn_str"), 500),
                ),
                notes=(
                    "the input comes back whole, the database's password too",
                    "upstream fails with 500 where its model answers without asking the database",
                    "a mock has three tables: artists, albums, tracks",
                ),
            ),
        ),
    ),
)  # fmt: skip
