"""Reads `report.json` from a run's folder and writes what is drawn of it beside it."""

from pathlib import Path

from pydantic import ValidationError

from harness.errors import StackError, UsageError
from harness.report import SCHEMA, Report
from reports.junit import junit
from reports.markdown import markdown
from reports.page import page


def load(run_dir: Path) -> Report:
    """The report of a run. Raises UsageError where there is none, where it is no report, or where it is of a later version."""
    path = run_dir / "report.json"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{run_dir}: has no report.json that can be read ({error.strerror}); a run's folder is runs/<id>, "
            "and `opea-harness check` writes the file again"
        ) from error
    try:
        report = Report.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(
            f"{path}: is no report, {_first(error)}; it is the JSON that a run left there"
        ) from error
    _refuse_later(path, report.schema_)
    return report


def draw(run_dir: Path) -> list[Path]:
    """Write report.md, junit.xml and report.html of a run, and say where. Raises UsageError as `load`, StackError if it cannot write."""
    report = load(run_dir)
    texts = {"report.md": markdown(report), "junit.xml": junit(report), "report.html": page(report)}
    for name, text in texts.items():
        _write(run_dir / name, text)
    return [run_dir / name for name in texts]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StackError(
            f"{path}: cannot be written ({error.strerror}); the run's folder must be writable"
        ) from error


def _first(error: ValidationError) -> str:
    """The first thing that pydantic found, in one line."""
    found = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in found["loc"])
    return f"{where}: {found['msg']}" if where else found["msg"]


def _refuse_later(path: Path, schema: str) -> None:
    family, _, version = schema.rpartition("/")
    our_family, _, ours = SCHEMA.rpartition("/")
    if family != our_family or not version.isdecimal():
        raise UsageError(
            f"{path}: has the schema {schema!r}, which is no report; this version reads {SCHEMA!r}"
        )
    if int(version) > int(ours):
        raise UsageError(
            f"{path}: has the schema {schema!r}, later than {SCHEMA!r}; a later opea-harness wrote it and can draw it"
        )
