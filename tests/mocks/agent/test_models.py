"""The agent's own request models differ from OPEA's where upstream's do."""

import pytest
from pydantic import ValidationError

from mocks.agent._models import AgentCompletionRequest, AgentConfig, CreateAssistant


def test_tool_choice_is_a_list_and_threads_have_names():
    """What OpenAI's clients send for it is refused."""
    request = AgentCompletionRequest(messages="x", tool_choice=["search"])

    assert (request.tool_choice, request.thread_id, request.user_id) == (["search"], "0", "0")
    with pytest.raises(ValidationError, match="list"):
        AgentCompletionRequest(messages="x", tool_choice="auto")


def test_an_assistant_needs_its_configuration_and_no_more():
    """Every field of the configuration has its default."""

    assert AgentConfig().strategy == "react_llama"
    assert CreateAssistant(agent_config={}).agent_config == AgentConfig()
    with pytest.raises(ValidationError, match="agent_config"):
        CreateAssistant()
