"""The steps of a setup: said as they are taken, ended at their limit, told whole where they fail."""

import sys
import threading

import pytest

from harness.errors import StackError, UsageError
from harness.setting_up import Steps, alone


def python(code):
    return [sys.executable, "-c", code]


def test_every_line_of_a_step_is_said():
    """Those of both its outputs; the last ones come back."""
    said = []
    last = Steps("x", said.append).run("a step", python("import sys; print('one', file=sys.stderr)"))

    assert (said, last) == (["  one"], ["one"])


def test_what_is_asked_is_told_nobody():
    """Only its standard output comes back."""
    said = []
    code = "import sys; print('noise', file=sys.stderr); print('answer')"

    assert Steps("x", said.append).ask("a question", python(code), 30) == ["answer"]
    assert said == []


def test_a_step_that_fails_is_told_with_its_last_words():
    """Its name, its code, what it said."""
    with pytest.raises(
        StackError, match=r"setup x: a step failed with code 3; nothing was built; its last words:\n  no luck"
    ):
        Steps("x", lambda _: None).run("a step", python("print('no luck'); raise SystemExit(3)"))


def test_a_step_is_ended_at_its_limit():
    """That it was is said."""
    with pytest.raises(StackError, match=r"a step failed with code -9 \(it was ended after 0\.1 s\)"):
        Steps("x", lambda _: None, limit_s=0.1).run("a step", python("import signal; signal.pause()"))


def test_one_builds_at_a_time(tmp_path):
    """Another waits until the first is done."""
    order = []

    def second():
        with alone(tmp_path / "it"):
            order.append("second")

    with alone(tmp_path / "it"):
        other = threading.Thread(target=second)
        other.start()
        order.append("first")
    other.join(10)

    assert order == ["first", "second"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file stands where the cache would be."""
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(UsageError, match=r"cannot be written \(.+\); --cache names a folder that can be"),
        alone(tmp_path / "file" / "it"),
    ):
        pass
