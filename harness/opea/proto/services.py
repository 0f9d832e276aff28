"""Services about services, and what else has no home (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Any

from pydantic import BaseModel, Field

from harness.opea.proto.doc import now_s


class ServiceCard(BaseModel):
    """A service as a registry lists it."""

    object: str = "service"
    service_name: str
    description: str
    created: int = Field(default_factory=now_s)
    owner: str = "opea"


class ServiceList(BaseModel):
    """All services of a registry."""

    object: str = "list"
    data: list[ServiceCard] = []


class TokenCheckRequestItem(BaseModel):
    """A prompt whose length in tokens is asked."""

    model: str
    prompt: str
    max_tokens: int


class TokenCheckRequest(BaseModel):
    """Prompts whose lengths in tokens are asked."""

    prompts: list[TokenCheckRequestItem]


class TokenCheckResponseItem(BaseModel):
    """Whether a prompt fits the model's context, and how long both are, in tokens."""

    fits: bool
    tokenCount: int
    contextLength: int


class TokenCheckResponse(BaseModel):
    """Whether each prompt fits."""

    prompts: list[TokenCheckResponseItem]


class ErrorResponse(BaseModel):
    """An error and its code, one of `ApiErrorCode`."""

    object: str = "error"
    message: str
    code: int


class RouteEndpointDoc(BaseModel):
    """The endpoint that a router chose."""

    url: str


class Text2QueryRequest(BaseModel):
    """A question to be turned into a query, and the database to run it on."""

    query: str | None = None
    conn_type: str | None = "sql"
    conn_url: str | None = None
    conn_user: str | None = None
    conn_password: str | None = None
    conn_dialect: str | None = "postgresql"
    options: dict[str, Any] = {}
