"""What the agent takes beside OPEA's own models (comps/agent/src/agent.py, GenAIComps 8130a3f)."""

from pydantic import BaseModel

from harness.opea.proto.assistants import CreateAssistantsRequest
from harness.opea.proto.chat import ChatCompletionRequest


class AgentCompletionRequest(ChatCompletionRequest):
    """A chat with an agent; its `tool_choice` is a list of tools' names, which OpenAI's clients do not send."""

    tool_choice: list[str] | None = None  # type: ignore[assignment] # Upstream changes the type too.
    thread_id: str = "0"
    user_id: str = "0"


class RedisConfig(BaseModel):
    """Where an agent with a store keeps its messages."""

    redis_uri: str | None = "redis://127.0.0.1:6379"


class AgentConfig(BaseModel):
    """How an agent is made."""

    stream: bool | None = False
    agent_name: str | None = "OPEA_Agent"
    strategy: str | None = "react_llama"
    role_description: str | None = "AI assistant"
    tools: str | None = None
    recursion_limit: int | None = 5
    model: str | None = "meta-llama/Llama-3.3-70B-Instruct"
    llm_engine: str | None = "vllm"
    llm_endpoint_url: str | None = None
    max_new_tokens: int | None = 1024
    top_k: int | None = 10
    top_p: float | None = 0.95
    temperature: float | None = 0.01
    repetition_penalty: float | None = 1.03
    return_full_text: bool | None = False
    custom_prompt: str | None = None
    with_memory: bool | None = True
    memory_type: str | None = "checkpointer"
    store_config: RedisConfig | None = None
    timeout: int | None = 60
    db_path: str | None = None
    db_name: str | None = None
    use_hints: bool | None = False
    hints_file: str | None = None
    tool_choice: list[str] | None = None


class CreateAssistant(CreateAssistantsRequest):
    """An assistant is wanted, made so."""

    agent_config: AgentConfig


class ModelCard(BaseModel):
    """The one model that the agent says it is."""

    id: str
    object: str
    created: int | None
    owned_by: str
    root: str
    parent: str | None
    max_model_len: int
    permission: list[str]


class ModelList(BaseModel):
    """The models."""

    object: str
    data: list[ModelCard]
