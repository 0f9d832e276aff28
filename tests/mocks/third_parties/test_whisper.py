"""Whisper."""

from mocks.third_parties.whisper import COMP
from tests.mocks.contract import ask


def test_it_has_a_health_page_and_none_of_opeas():
    """It is no OPEA microservice."""
    assert (ask(COMP, "GET", "/health").status_code, ask(COMP, "GET", "/health").content) == (200, b"")
    assert ask(COMP, "GET", "/v1/health_check").status_code == 404
