"""`junit.xml`: each verdict as a test case, for the dashboards that CI systems have.

Violated is a failure, unknown an error, n/a is skipped. A run that proved nothing is never a green file.
"""

import re
from xml.etree import ElementTree as ET  # Writes only; nothing foreign is parsed.

from harness.report import Report, VerdictRow
from reports.headline import headline

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """The verdicts as a JUnit document with one suite."""
    cases = [_case(row) for row in report.verdicts]
    if not _red(cases) and (report.verdict != "holds" or report.run.ended != "complete"):
        cases.insert(0, _whole_run(report))
    tally = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    attributes = {name: str(amount) for name, amount in tally.items()}
    attributes |= {"name": _clean(report.run.scenario), "time": f"{report.run.duration_s:.3f}"}
    root = ET.Element("testsuites", attributes)
    suite = ET.SubElement(root, "testsuite", {**attributes, "timestamp": _clean(report.run.started)})
    suite.append(_properties(report))
    suite.extend(cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(row: VerdictRow) -> ET.Element:
    case = ET.Element("testcase", {"classname": _clean(row.subject), "name": _clean(row.id), "time": "0"})
    if row.verdict == "n/a":
        ET.SubElement(case, "skipped", {"message": _clean(row.why)})
    elif row.verdict != "holds":
        _blame(case, "failure" if row.verdict == "violated" else "error", row.why, _account(row))
    return case


def _whole_run(report: Report) -> ET.Element:
    """A case for what no verdict says: nothing ran, or the run did not end."""
    case = ET.Element("testcase", {"classname": "run", "name": "run.complete", "time": "0"})
    first = headline(report)
    kind = "failure" if report.verdict == "violated" else "error"
    _blame(case, kind, "; ".join(first.notes) or first.sentence, f"repeat: {report.command}")
    return case


def _blame(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, {"message": _clean(message), "type": kind}).text = _clean(text)


def _account(row: VerdictRow) -> str:
    facts = {
        "id": row.id,
        "subject": row.subject,
        "why": row.why,
        "expected": row.expected,
        "actual": row.actual,
        "seed": "" if row.seed is None else str(row.seed),
        "evidence": ", ".join(row.evidence),
        "repeat": row.repeat,
    }
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def _properties(report: Report) -> ET.Element:
    properties = ET.Element("properties")
    run = report.run
    facts = {"run": run.id, "verdict": report.verdict, "ended": run.ended, "seed": str(run.seed)}
    facts |= {"commit": run.git, "gateway": run.gateway, "command": report.command}
    for name, value in facts.items():
        ET.SubElement(properties, "property", {"name": name, "value": _clean(value)})
    return properties


def _red(cases: list[ET.Element]) -> bool:
    return any(case.find(kind) is not None for case in cases for kind in ("failure", "error"))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
