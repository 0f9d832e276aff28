"""OPEA's logger."""

import logging

import pytest

from harness.opea.logger import CustomLogger


@pytest.mark.parametrize("level", ["info", "train", "eval", "warning", "error", "critical"])
def test_each_level_writes_its_name_and_the_message(level, capsys):
    """A line says when, how grave, who and what."""
    logger = CustomLogger(f"test-{level}")
    logger.handler.stream = __import__("sys").stderr
    getattr(logger, level)("it happened")

    assert f"[{level.upper():>8}] - test-{level} - it happened" in capsys.readouterr().err
    logger.close()


def test_debug_is_written_only_when_asked_for(capsys):
    """Below INFO nothing is shown until the level is lowered."""
    logger = CustomLogger("test-debug")
    logger.handler.stream = __import__("sys").stderr
    logger.debug("quiet")
    logger.logger.setLevel(logging.DEBUG)
    logger.debug("loud")
    logger.log_message(logging.INFO, "any")

    written = capsys.readouterr().err
    assert ("quiet" in written, "loud" in written, "any" in written) == (False, True, True)


def test_a_name_used_twice_writes_each_line_once(capsys):
    """Two loggers of one name share one handler."""
    one, other = CustomLogger("test-twice"), CustomLogger("test-twice")
    one.handler.stream = __import__("sys").stderr
    other.info("once")

    assert capsys.readouterr().err.count("once") == 1


def test_an_exception_is_written_with_what_was_raised(capsys):
    """The trace goes with the message."""
    logger = CustomLogger("test-exception")
    logger.handler.stream = __import__("sys").stderr
    try:
        raise ValueError("the reason")
    except ValueError:
        logger.exception("it failed")

    written = capsys.readouterr().err
    assert "it failed" in written
    assert "ValueError: the reason" in written
