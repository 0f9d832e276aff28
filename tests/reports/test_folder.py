"""Reading a run's folder and writing into it."""

import json

import pytest

from harness.errors import StackError, UsageError
from reports.folder import draw, load


def left(folder, report) -> None:
    (folder / "report.json").write_text(report.model_dump_json(by_alias=True))


@pytest.mark.parametrize("kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching"])
def test_three_files_are_drawn_beside_the_report(made, tmp_path, kind):
    """Of any run, also of one that failed."""
    left(tmp_path, made(kind))

    paths = draw(tmp_path)

    assert [path.name for path in paths] == ["report.md", "junit.xml", "report.html"]
    assert all(path.stat().st_size for path in paths)


def test_a_folder_without_a_report_is_said_to_have_none(tmp_path):
    """What a run's folder is, is said too."""
    with pytest.raises(
        UsageError,
        match=r"has no report.json that can be read \(No such file or directory\); a run's folder is",
    ):
        draw(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"report.json: is no report, Invalid JSON"),
        ("[]", r"report.json: is no report, Input should be an object"),
        (
            '{"schema": "opea-harness/report/1", "verdict": "holds"}',
            r"report.json: is no report, run: Field required",
        ),
        ("\x00", r"report.json: is no report, Invalid JSON"),
    ],
)
def test_a_corrupt_report_is_refused_with_the_place(tmp_path, text, message):
    """No traceback, one sentence."""
    (tmp_path / "report.json").write_text(text)

    with pytest.raises(UsageError, match=message):
        draw(tmp_path)


def test_a_report_of_a_later_version_is_refused(made, tmp_path):
    """A later version may mean something else by the same words."""
    document = json.loads(made("empty").model_dump_json(by_alias=True))
    (tmp_path / "report.json").write_text(json.dumps(document | {"schema": "opea-harness/report/2"}))

    with pytest.raises(
        UsageError, match=r"schema 'opea-harness/report/2', later than 'opea-harness/report/1'"
    ):
        load(tmp_path)


def test_a_json_file_of_something_else_is_refused(made, tmp_path):
    """The schema's name is the only proof."""
    document = json.loads(made("empty").model_dump_json(by_alias=True))
    (tmp_path / "report.json").write_text(json.dumps(document | {"schema": "coverage"}))

    with pytest.raises(UsageError, match=r"schema 'coverage', which is no report"):
        load(tmp_path)


def test_a_report_comes_back_from_the_folder_as_it_went_in(made, tmp_path):
    """Nothing is lost on the way."""
    report = made("violated")
    left(tmp_path, report)

    assert load(tmp_path) == report


def test_a_place_that_cannot_be_written_is_named(made, tmp_path):
    """A folder stands where the file should."""
    left(tmp_path, made("empty"))
    (tmp_path / "report.md").mkdir()

    with pytest.raises(StackError, match=r"report.md: cannot be written \(Is a directory\)"):
        draw(tmp_path)
