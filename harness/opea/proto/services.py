"""Services about services, and what else has no home (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Any

from pydantic import BaseModel, Field

from harness.opea.proto.doc import now_s


class ServiceCard(BaseModel):
    """One service."""

    object: str = "service"
    service_name: str
    description: str
    created: int = Field(default_factory=now_s)
    owner: str = "opea"


class ServiceList(BaseModel):
    """The services."""

    object: str = "list"
    data: list[ServiceCard] = []


class TokenCheckRequestItem(BaseModel):
    """A prompt to be measured."""

    model: str
    prompt: str
    max_tokens: int


class TokenCheckRequest(BaseModel):
    """Prompts to be measured."""

    prompts: list[TokenCheckRequestItem]


class TokenCheckResponseItem(BaseModel):
    """Whether a prompt fits."""

    fits: bool
    tokenCount: int
    contextLength: int


class TokenCheckResponse(BaseModel):
    """Whether the prompts fit."""

    prompts: list[TokenCheckResponseItem]


class ErrorResponse(BaseModel):
    """What went wrong, by code."""

    object: str = "error"
    message: str
    code: int


class RouteEndpointDoc(BaseModel):
    """The address that a router chose."""

    url: str


class Text2QueryRequest(BaseModel):
    """A question to be put to a database."""

    query: str | None = None
    conn_type: str | None = "sql"
    conn_url: str | None = None
    conn_user: str | None = None
    conn_password: str | None = None
    conn_dialect: str | None = "postgresql"
    options: dict[str, Any] = {}
