"""Progress as a seam."""

from harness.progress import Progress, Silent


def test_silence_is_progress_too(capsys):
    """Nothing is printed, and every call is there."""
    progress: Progress = Silent()
    with progress as same:
        same.begin("load", 3)
        same.step("x", failed=True)
        same.end("done")

    assert capsys.readouterr() == ("", "")
