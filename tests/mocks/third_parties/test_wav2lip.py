"""Wav2Lip."""

import pytest

from mocks.third_parties.wav2lip import COMP
from tests.mocks.contract import ask


def test_its_health_page_is_where_others_have_none():
    """/health is not there."""
    assert [ask(COMP, "GET", path).status_code for path in ("/v1/health", "/health")] == [200, 404]


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"audio": "QUJD"}, 400)])
def test_what_upstream_fails_over_is_refused_here(body, status):
    """A missing recording, and one that is none."""
    assert ask(COMP, "POST", "/v1/wav2lip", body).status_code == status
    assert ask(COMP, "POST", "/v1/wav2lip", body, like_upstream=True).status_code == 500
