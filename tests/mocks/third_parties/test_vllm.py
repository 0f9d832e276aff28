"""vLLM."""

from mocks.third_parties.vllm import COMP
from tests.mocks.contract import ask


def test_a_request_that_is_none_gets_400():
    """vLLM's validation errors are 400, not FastAPI's 422."""
    reply = ask(COMP, "POST", "/v1/completions", {"model": "m"})

    assert reply.status_code == 400
    assert "prompt" in reply.json()["error"]


def test_it_is_there_when_health_is_200_and_empty():
    """The compose healthcheck asks this page."""
    reply = ask(COMP, "GET", "/health")

    assert (reply.status_code, reply.content) == (200, b"")


def test_it_has_none_of_opeas_side_pages():
    """A third-party server is no OPEA microservice."""
    assert ask(COMP, "GET", "/v1/health_check").status_code == 404
