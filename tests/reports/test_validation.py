"""How an examination reads in each of its forms."""

import json
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
    assert "- actual: 500 oops &lt;html&gt;" in text
    assert "- seed: 7; see docs/checks/bad-input.list.md" in text
    assert "## Known deviations\n\n- `embeddings.example.tokens`" in text
    assert text.rstrip().endswith(f"```\n{COMMAND}\n```")


def test_markdown_fits_a_comment_however_much_fails():
    """The first failures, and how many more there are."""
    many = [Finding("L4", "bad-input.list", BROKEN)] * 500
    text = as_markdown(Examination(TARGET, many), COMMAND)

    assert len(text.encode()) <= 60_000
    assert "490 more are in `report.json`." in text


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
