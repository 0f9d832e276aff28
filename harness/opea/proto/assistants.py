"""Assistants, threads and runs of the agent comp (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from fastapi import UploadFile
from pydantic import BaseModel

from harness.opea.proto.chat import ChatCompletionToolsParam
from harness.opea.proto.doc import ABSENT


class Attachments(BaseModel):
    """Files that come with a message."""

    file_list: list[UploadFile] = []


class MessageContent(BaseModel):
    """A part of a message."""

    type: str = "text"
    text: str | None = None


class AssistantsObject(BaseModel):
    """An assistant, as the agent keeps it."""

    id: str
    object: str = "assistant"
    created_at: int
    name: str | None = None
    description: str | None = None
    model: str | None = "Intel/neural-chat-7b-v3-3"
    instructions: str | None = None
    tools: list[ChatCompletionToolsParam] | None = None


class ThreadObject(BaseModel):
    """A thread, as the agent keeps it."""

    id: str
    object: str = "thread"
    created_at: int


class MessageObject(BaseModel):
    """A message of a thread, as the agent keeps it."""

    id: str
    object: str = "thread.message"
    created_at: int
    thread_id: str
    role: str
    status: str | None = None
    content: list[MessageContent]
    assistant_id: str | None = None
    run_id: str | None = None
    attachments: Attachments = ABSENT


class RunObject(BaseModel):
    """A run of an assistant on a thread, as the agent keeps it."""

    id: str
    object: str = "run"
    created_at: int
    thread_id: str
    assistant_id: str
    status: str | None = None
    last_error: str | None = None


class CreateAssistantsRequest(BaseModel):
    """A request to create an assistant."""

    model: str | None = None
    name: str | None = None
    description: str | None = None
    instructions: str | None = None
    tools: list[ChatCompletionToolsParam] | None = None


class CreateMessagesRequest(BaseModel):
    """A request to add a message to a thread."""

    role: str = "user"
    content: str | list[MessageContent]
    attachments: Attachments = ABSENT
    assistant_id: str = ABSENT


class CreateThreadsRequest(BaseModel):
    """A request to create a thread."""

    messages: list[CreateMessagesRequest] | None = None


class CreateRunResponse(BaseModel):
    """A request to create a run; that it is called a response is upstream's mistake."""

    assistant_id: str


class ListAssistantsRequest(BaseModel):
    """A request to list assistants."""

    limit: int = 10
    order: str | None = "desc"
