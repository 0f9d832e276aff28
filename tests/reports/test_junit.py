"""`junit.xml`."""

from xml.etree import ElementTree as ET

import pytest

from harness.report import VerdictRow
from reports.junit import junit


def cases(report) -> dict[str, list]:
    root = ET.fromstring(junit(report))
    found = {kind: root.findall(f".//{kind}") for kind in ("testcase", "failure", "error", "skipped")}
    for name, kind in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        assert root.get(name) == root.find("testsuite").get(name) == str(len(found[kind]))
    return found


def test_words_become_what_ci_systems_know(made):
    """Violated fails, unknown is an error, n/a is skipped."""
    found = cases(made("violated"))

    assert [len(found[kind]) for kind in ("testcase", "failure", "error", "skipped")] == [151, 3, 1, 26]


def test_a_failure_carries_id_expected_actual_and_the_command(made):
    """What a dashboard shows is enough to begin with."""
    failure = cases(made("violated"))["failure"][0]

    assert failure.get("message") == "the error does not name the node"
    assert failure.text.splitlines() == [
        "id: chaos.status-429.llm.stream",
        "subject: llm",
        "why: the error does not name the node",
        "expected: an error that names llm, status 502",
        "actual: 500 Internal Server Error",
        "seed: 7",
        "repeat: opea-harness run rag --only chaos --seed 7",
    ]


def test_a_good_run_is_green(made):
    """Nothing fails and nothing is made up."""
    found = cases(made("holds"))

    assert (len(found["testcase"]), found["failure"], found["error"]) == (151, [], [])


@pytest.mark.parametrize("kind", ["empty", "interrupted"])
def test_a_run_that_proved_too_little_is_never_green(made, kind):
    """A case of its own says why."""
    error = cases(made(kind))["error"]

    assert len(error) == 1
    assert "The run was" in error[0].get("message")


def test_a_reply_with_what_xml_cannot_hold_is_still_xml(made):
    """Control characters and lone surrogates are replaced."""
    row = VerdictRow(id="a", subject="s", verdict="violated", why="got \x00\x1b[31m & <b>", actual="\ufffe")
    report = made("empty").model_copy(update={"verdicts": [row], "verdict": "violated"})

    assert cases(report)["failure"][0].get("message") == "got \ufffd\ufffd[31m & <b>"
