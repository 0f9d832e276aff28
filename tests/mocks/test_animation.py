"""Animation."""

from mocks._audio import HELLO_BASE64
from mocks.animation import COMPS
from tests.mocks.contract import ask, broken

(COMP,) = COMPS
PATH = "/v1/animation"


def test_the_mock_keeps_its_contract():
    """Status, model and laws hold for every example, over a real socket."""
    assert broken(COMP) == []


def test_the_video_lies_where_the_setting_says():
    """Wav2Lip's own default otherwise."""
    body = {"byte_str": HELLO_BASE64}

    assert ask(COMP, "POST", PATH, body).json()["video_path"] == "/outputs/result.mp4"
    assert ask(COMP, "POST", PATH, body, {"OUTFILE": "/x.mp4"}).json()["video_path"] == "/x.mp4"


def test_what_is_no_recording_is_refused():
    """Upstream it is an internal error."""
    body = {"byte_str": "UklGR"}

    assert ask(COMP, "POST", PATH, body).status_code == 400
    assert ask(COMP, "POST", PATH, body, like_upstream=True).status_code == 500
