"""What several commands share."""

import asyncio
import os
import signal
from pathlib import Path

import click
import pytest

from harness.commands.options import (
    Positive,
    emit,
    find_scenario,
    find_where,
    foreign,
    header_pairs,
    run_to_end,
    scratch,
)
from harness.console import ENDINGS
from harness.errors import StackError, UsageError
from harness.jaeger.binary import binary
from harness.owner import of_folder, this_process
from harness.stack.stack import Where
from tests.carried_out import SCENARIOS

OPTIONS = {
    "gateway": "reference",
    "nodes": (),
    "jaeger": "embedded",
    "folders": (),
    "like_upstream": False,
    "cache": Path("/cache"),
}


def test_targets_become_a_where():
    """Gateway, nodes, traces and folders."""
    where = find_where(
        OPTIONS | {"gateway": "http://127.0.0.1:1", "nodes": ("llm=http://127.0.0.1:2", "embedding=mock")}
    )

    assert where == Where(
        "http://127.0.0.1:1",
        {"llm": "http://127.0.0.1:2", "embedding": "mock"},
        vectors="pgvector",
        cache=Path("/cache"),
    )
    assert foreign(where) == ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    assert foreign(find_where(OPTIONS)) == []
    assert foreign(find_where(OPTIONS | {"nodes": ("retriever=pgvector",)})) == []
    assert foreign(find_where(OPTIONS | {"nodes": ("retriever=postgresql://u:p@127.0.0.1/v",)})) == [
        "postgresql://127.0.0.1/v"
    ]


def test_a_jaeger_of_ours_is_that_of_the_cache(tmp_path):
    """Where it is not built, the command that builds it is told."""
    asked = OPTIONS | {"jaeger": "process", "cache": tmp_path}
    with pytest.raises(StackError, match="`opea-harness setup jaeger` builds it once"):
        find_where(asked)

    made = binary(tmp_path)
    made.path.mkdir()
    made.program.write_text("")
    made.mark.write_text("{}")

    assert find_where(asked).jaeger_program == made.program


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("gateway", "http://", "--gateway http://: is none of"),
        ("gateway", "127.0.0.1:8888", "--gateway 127.0.0.1:8888: is none of"),
        (
            "jaeger",
            "docker",
            "--jaeger docker: is none of `embedded`, `process`, `container`, `none` and a URL",
        ),
        ("nodes", ("llm",), "--node llm: is no NAME=mock|pgvector|URL"),
        ("nodes", ("=mock",), "--node =mock: is no NAME=mock|pgvector|URL"),
    ],
)
def test_a_target_that_makes_no_sense_is_said(option, value, expected):
    """The option, what was given, and what would be right."""
    with pytest.raises(UsageError) as caught:
        find_where(OPTIONS | {option: value})

    assert str(caught.value).startswith(expected)


def test_a_scenario_is_found_by_its_name():
    """Also in a folder of one's own."""
    assert find_scenario("rag", ()).name == "rag"
    assert find_scenario("small", (SCENARIOS,)).name == "small"

    with pytest.raises(UsageError, match="small: there is no such scenario; there are "):
        find_scenario("small", ())


def test_headers_are_pairs():
    """What follows the first colon is the value, colons and all."""
    assert header_pairs(("A: b:c", "D:")) == (("A", "b:c"), ("D", ""))

    with pytest.raises(UsageError, match="--header nope: is no NAME:VALUE"):
        header_pairs(("nope",))


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x"])
def test_a_number_that_is_none_is_refused(text):
    """A rate or a time is finite and above 0."""
    with pytest.raises(click.BadParameter):
        Positive().convert(text, None, None)

    assert Positive().convert("0.5", None, None) == 0.5


def test_a_document_is_json_with_an_end(capfdbinary):
    """On standard output."""
    emit({"a": [1]})

    assert capfdbinary.readouterr().out == b'{\n  "a": [\n    1\n  ]\n}\n'


def test_work_is_done_and_its_result_given():
    """On a loop of its own, which is gone afterwards."""

    async def work():
        await asyncio.sleep(0)
        return 5

    assert run_to_end(work()) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_lets_the_work_clean_up(number):
    """Once; signals that follow do not cut that short."""
    done = []

    async def work():
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(30)
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.05)
            done.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        run_to_end(work())

    assert done == ["cleaned up"]


def test_work_that_is_done_leaves_signals_as_they_were():
    """So that what follows it, such as a report that is drawn, can be interrupted as before."""

    async def work():
        return [signal.getsignal(number) for number in ENDINGS]

    before = [signal.getsignal(number) for number in ENDINGS]

    assert run_to_end(work()) != before
    assert [signal.getsignal(number) for number in ENDINGS] == before


def test_work_that_cancels_itself_is_not_interrupted():
    """That is an error of ours, and not the user's wish."""

    async def work():
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_to_end(work())


def test_a_temporary_folder_says_whose_it_is_and_is_gone_afterwards():
    """So that `clean` finds that of a run which was killed."""
    with scratch() as folder:
        assert of_folder(folder.name) == this_process()
        assert folder.is_dir()

    assert not folder.exists()
