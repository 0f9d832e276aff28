"""How an examination reads in each of its forms."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from harness.discovery import COMP, discover
from harness.images.configuration import ImageFacts
from harness.images.examination import Examination, Finding, Target
from harness.verdict import Verdict, holds, not_applicable, unknown
from reports.validation import as_junit, as_markdown, as_text, document, write

TARGET = Target("http://127.0.0.1:6000", discover(COMP)["embeddings"], seed=7)
COMMAND = "opea-harness validate http://127.0.0.1:6000 --comp embeddings --seed 7"
BROKEN = Verdict(
    "embeddings.v1-embeddings.bad-input.list",
    "embeddings",
    "violated",
    "answered with 500, 4xx was promised",
    "4xx and a reason",
    "500 oops <html>",
    repeat="curl -sS -X POST http://127.0.0.1:6000/v1/embeddings --data-binary '[]'",
    seed=7,
)


def test_an_image_is_told_by_its_name_and_its_digest():
    """It has no address any more."""
    target = Target("", TARGET.comp, image="opea/embedding:latest")
    facts = ImageFacts("opea/embedding:latest", "sha256:abc", "sha256:def")
    examination = Examination(
        target, [Finding("L1", "boot", holds("embeddings.boot", "embeddings"))], image=facts
    )
    said = document(examination, COMMAND)

    assert (said["target"], said["image"]["digest"]) == ("opea/embedding:latest", "sha256:def")
    assert "embeddings at opea/embedding:latest: " in as_text(examination)


@pytest.fixture
def examination():
    """One of each verdict."""
    known = not_applicable(
        "embeddings.example.tokens", "embeddings", "known deviation token-ids: an internal error"
    )
    return Examination(
        TARGET,
        [
            Finding("L2", "side.health", holds("embeddings.side.health", "embeddings")),
            Finding("L4", "bad-input.list", BROKEN),
            Finding("L4", "example", known),
            Finding("L9", "concurrency", unknown("embeddings.concurrency.8", "embeddings", "it was gone")),
        ],
    )


def test_the_text_tells_the_levels_the_failures_and_the_verdict(examination):
    """In that order."""
    text = as_text(examination)

    assert text.splitlines()[1] == "L4  its answers                           1 violated  1 n/a"
    assert "✕ embeddings.v1-embeddings.bad-input.list\n    answered with 500, 4xx was promised" in text
    assert "curl -sS -X POST" in text
    assert text.splitlines()[-1] == (
        "✕ embeddings at http://127.0.0.1:6000: violated: 1 violated, 1 unknown, 1 holds, 1 n/a; seed 7"
    )


def test_the_document_holds_every_verdict_with_its_level_and_its_kind(examination):
    """And what repeats it all."""
    said = json.loads(json.dumps(document(examination, COMMAND)))

    assert (said["schema"], said["verdict"], said["exit_code"]) == (
        "opea-harness/validation/1",
        "violated",
        1,
    )
    assert said["verdicts"][1]["level"] == "L4"
    assert said["verdicts"][1]["kind"] == "bad-input.list"
    assert said["verdicts"][1]["repeat"] == BROKEN.repeat
    assert said["levels"]["L9"]["unknown"] == 1
    assert said["command"] == COMMAND


def test_junit_has_a_case_a_verdict_and_its_class_is_the_level(examination):
    """Violated is a failure, unknown an error, n/a skipped."""
    root = ET.fromstring(as_junit(examination, COMMAND))
    cases = {case.get("classname"): [child.tag for child in case] for case in root.iter("testcase")}

    assert cases == {"embeddings.L2": [], "embeddings.L4": ["skipped"], "embeddings.L9": ["error"]}
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert BROKEN.repeat in root.find(".//failure").text


def test_markdown_opens_with_the_verdict_and_says_how_to_repeat_each_failure(examination):
    """With its seed and its page; what is known of the real comp stands by itself."""
    text = as_markdown(examination, COMMAND)

    assert text.startswith("# ✕ embeddings at http://127.0.0.1:6000: violated")
    assert "| L4 | its answers | 1 | 0 | 0 | 1 |" in text
    assert f"```sh\n{BROKEN.repeat}\n```" in text
    assert "- reason: `answered with 500, 4xx was promised`\n- expected: `4xx and a reason`\n" in text
    assert "- actual: `500 oops <html>`" in text
    assert "- seed: 7; see docs/checks/bad-input.list.md" in text
    assert "## Known deviations\n\n- `embeddings.example.tokens`" in text
    assert text.rstrip().endswith(f"```\n{COMMAND}\n```")


def test_markdown_fits_a_comment_however_much_fails():
    """The first failures, and how many more there are."""
    many = [Finding("L4", "bad-input.list", BROKEN)] * 500
    text = as_markdown(Examination(TARGET, many), COMMAND)

    assert len(text.encode()) <= 60_000
    assert text.count(f"\n## ✕ `{BROKEN.id}`\n") == 10
    assert "490 more failures are in `report.json`." in text


HOSTILE = "```\n# x\n</details><img src=x onerror=alert(1)> @somebody [a](http://b) | \x1b[31m\u202e深度😀"


def test_a_server_cannot_write_markup_into_the_report():
    """What it says is a line of code, whatever it is; a shell's line with a fence in it has a longer one around it."""
    shell = "curl -d '```\n# x' http://127.0.0.1:9"
    bad = replace(BROKEN, why=HOSTILE, expected="`", actual=HOSTILE, repeat=shell)
    text = as_markdown(Examination(TARGET, [Finding("L4", "example", bad)]), "opea-harness ````")
    line = HOSTILE.replace("\n", " ").replace("\x1b", "\ufffd").replace("\u202e", "\ufffd")

    assert f"- reason: ```` {line} ````\n- expected: `` ` ``\n" in text
    assert f"````sh\n{shell}\n````\n" in text
    assert text.endswith("`````\nopea-harness ````\n`````\n")
    assert [each for each in text.splitlines() if each.startswith("# ")] == [text.splitlines()[0], "# x' http://127.0.0.1:9"]  # fmt: skip


@pytest.mark.parametrize("sign", ["|", "<", "&", "`", "\\", "深", "😀", "a"])
def test_markdown_fits_whatever_letters_fail(sign):
    """In bytes; what there is no room for is left out whole and counted, and the end is there."""
    words = sign * 5000
    bad = replace(BROKEN, why=words, expected=words, actual=words, repeat="x" * 1999)
    known = not_applicable("embeddings.example.tokens", "embeddings", f"known deviation tokens: {words}")
    findings = [Finding("L4", "example", each) for each in [bad] * 30 + [known] * 100]
    text = as_markdown(Examination(TARGET, findings), COMMAND)
    shown, told = text.count("\n## ✕ "), text.count("\n- `embeddings.example.tokens`: ")

    assert len(text.encode()) <= 60_000
    assert 0 < shown <= 10
    assert f"\n{30 - shown} more failures are in `report.json`.\n" in text
    assert f"\n{100 - told} more are in `report.json`.\n" in text
    assert text.endswith(f"\nRepeat it with:\n\n```\n{COMMAND}\n```\n")
    assert text.count("\n```sh\n") == shown


def test_shell_that_is_too_long_is_named_and_not_cut():
    """A part of a line repeats nothing, or something else."""
    bad = replace(BROKEN, repeat="curl " + "x" * 3000)
    examination = Examination(TARGET, [Finding("L4", "example", bad)])

    for text in (as_markdown(examination, COMMAND), as_text(examination)):
        assert "# 3,005 letters: see `repeat` in report.json" in text
        assert "xxx" not in text


def test_a_server_cannot_move_the_cursor_of_a_terminal():
    """Nor turn letters round; what it says of several lines stays so."""
    bad = replace(BROKEN, actual="500 a\x1b[2J\u202eb\nc")
    text = as_text(Examination(TARGET, [Finding("L4", "example", bad)]))

    assert "    actual: 500 a\ufffd[2J\ufffdb\n    c\n" in text


def test_an_examination_that_chose_no_check_says_so():
    """It is unknown, and no file of it is green."""
    nothing = Examination(TARGET, [Finding("L1", "boot", holds("embeddings.boot", "embeddings"))])

    assert as_text(nothing).splitlines()[-1].endswith("unknown: no check was chosen; seed 7")
    assert ET.fromstring(as_junit(nothing, COMMAND)).get("errors") == "1"


def test_the_reports_are_written_into_one_folder(examination, tmp_path):
    """JSON, JUnit and Markdown."""
    write(examination, COMMAND, tmp_path / "a" / "b")

    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        "junit.xml",
        "report.json",
        "report.md",
    ]
