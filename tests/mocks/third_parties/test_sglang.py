"""SGLang."""

from mocks.third_parties.sglang import COMP
from tests.mocks.contract import ask


def test_it_answers_as_openai_does_and_its_key_is_noted():
    """No key is asked for, which the contract says."""
    assert ask(COMP, "GET", "/v1/models").json()["data"][0]["owned_by"] == "sglang"
    assert "401" in COMP.endpoint("/v1/chat/completions").notes[0]
