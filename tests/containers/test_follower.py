"""A container's words go to a file, each once."""

import threading
from pathlib import Path

import pytest

from harness.containers.follower import Follower, begun
from harness.errors import StackError
from tests.states import seen


def written(path, text):
    """What the file holds, once it holds this or the time is over."""
    return seen(path.read_text, lambda held: held == text)


class Speaker:
    """Says again all that it said before whenever it is listened to, as Docker does; `more` begins its next life."""

    def __init__(self, *lives):
        self.lives, self.said = list(lives), []
        self.running = True
        self.more = threading.Event()

    def listen(self):
        yield from self.said
        for piece in self.lives.pop(0):
            self.said.append(piece)
            yield piece
        self.running = False

    def is_running(self):
        if self.lives and self.more.is_set():
            self.running = True
        return self.running


def test_what_is_said_before_and_after_a_restart_is_written_once(tmp_path):
    """In its order, from the first byte on."""
    path = tmp_path / "logs" / "x.log"
    speaker = Speaker([b"one\n", b"two\n"], [b"three\n"])
    follower = Follower(speaker.listen, speaker.is_running, path)

    assert written(path, "one\ntwo\n") == "one\ntwo\n"

    speaker.more.set()

    assert written(path, "one\ntwo\nthree\n") == "one\ntwo\nthree\n"

    follower.close()


def test_a_log_that_breaks_off_says_so(tmp_path):
    """And the run goes on."""

    def listen():
        yield b"one\n"
        raise OSError("the engine hung up")

    answers = iter([True, None])
    path, text = tmp_path / "x.log", "one\nopea-harness: the log broke off here: the engine hung up\n"
    follower = Follower(listen, lambda: next(answers, None), path)

    assert written(path, text) == text

    follower.close()


def test_the_file_is_there_from_the_start(tmp_path):
    """Also of what says nothing."""
    follower = Follower(lambda: iter(()), lambda: None, tmp_path / "x.log")
    follower.close()

    assert (tmp_path / "x.log").read_bytes() == b""


def test_a_file_that_cannot_be_written_is_said_to_be_so():
    """A disk that is full, for example; what the container says is heard to its end all the same."""
    heard = []

    def listen():
        for each in (b"one\n", b"two\n"):
            heard.append(each)
            yield each

    follower = Follower(listen, lambda: None, Path("/dev/full"))
    follower.close()

    assert follower.wrong == (
        "/dev/full: the log cannot be written: No space left on device; make room, or say where there is some with --logs"
    )
    assert heard == [b"one\n", b"two\n"]


def test_a_place_in_which_no_file_can_be_is_told_before_anything_runs(tmp_path):
    """It is a file itself."""
    (tmp_path / "logs").touch()

    with pytest.raises(StackError) as told:
        begun(tmp_path / "logs" / "x.log")

    assert str(told.value).startswith(f"{tmp_path}/logs/x.log: the log cannot be written: ")
