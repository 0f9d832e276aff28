"""How a diagnosis is told."""

import json

import pytest

from harness.commands.diagnosis import tell
from harness.doctor.diagnose import Diagnosis
from harness.doctor.finding import Finding

FOUND = Finding(
    "crash-loop", "llm", "was restarted [3 times]", ("log: [Errno 98]",), "Stop the other", "port-taken"
)
DOUBT = Finding("slow", "llm", "takes long", ("POST /: late",), "Ask again")


def told(capsys, diagnosis, **how):
    tell(diagnosis, **{"is_json": False, "is_quiet": False, **how})
    return capsys.readouterr().out.splitlines()


def test_a_finding_is_told_with_evidence_and_fix(capsys):
    """Brackets in a log are no markup."""
    assert told(capsys, Diagnosis((FOUND,), (), (), (), ("llm",))) == [
        "llm: was restarted [3 times]",
        "  seen: log: [Errno 98]",
        "  fix: Stop the other (crash-loop)",
        "1 service looked at, 1 found",
    ]


@pytest.mark.parametrize(
    ("diagnosis", "last"),
    [
        (Diagnosis((), (), (), (), ("a", "b")), "2 services looked at, nothing found"),
        (
            Diagnosis((), (DOUBT,), ("x",), (), ("a",)),
            "1 service looked at, nothing found, 2 could not be told",
        ),
    ],
)
def test_the_last_line_sums_up(capsys, diagnosis, last):
    """What could not be told is counted apart."""
    assert told(capsys, diagnosis)[-1] == last


def test_what_was_not_seen_is_told(capsys):
    """With what was left out on purpose."""
    lines = told(capsys, Diagnosis((), (), ("a: no log",), ("b: was not asked",), ("a", "b")))

    assert lines[:2] == ["not seen: a: no log", "note: b: was not asked"]


def test_quiet_hides_no_doubt(capsys):
    """An exit code of 6 has its reason."""
    lines = told(capsys, Diagnosis((), (DOUBT,), ("a: no log",), ("b: note",), ("a",)), is_quiet=True)

    assert lines == ["llm: takes long [slow, a doubt]", "not seen: a: no log"]


def test_json_is_one_document(capsys):
    """With the exit code, as the command ends."""
    document = json.loads("\n".join(told(capsys, Diagnosis((FOUND,), (), (), (), ("llm",)), is_json=True)))

    assert document["exit_code"] == 1
    assert document["findings"][0]["cause"] == "port-taken"
    assert document.keys() == {"findings", "doubts", "unseen", "notes", "looked_at", "exit_code"}
