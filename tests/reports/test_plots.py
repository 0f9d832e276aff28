"""Pictures and tables of a run: what is in them, and what is not drawn."""

import csv
import sys

import pytest

from harness.errors import StackError, UsageError
from reports.plots import P95_OF, node_figures, p95_over_time, plot, requests
from tests.reports.conftest import changed, empty, holding, interrupted, unknown

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_run_leaves_pictures_and_tables(tmp_path):
    """Each is written where it is said to be, and holds a row a request and a row a node."""
    report = holding()
    written = plot(report, tmp_path / "plots")

    assert [path.name for path in written] == ["latency.png", "requests.csv", "nodes.png", "nodes.csv"]
    assert all(path.read_bytes().startswith(PNG) for path in written if path.suffix == ".png")
    rows = list(csv.DictReader((tmp_path / "plots" / "requests.csv").read_text().splitlines()))
    assert len(rows) == len(report.points)
    nodes = list(csv.DictReader((tmp_path / "plots" / "nodes.csv").read_text().splitlines()))
    assert [row["node"] for row in nodes] == [row.node for row in report.nodes]
    assert float(nodes[0]["server_ms_p95"]) == report.nodes[0].server_ms_p95


def test_requests_are_told_apart_by_kind():
    """A failed one is failed whether it began to stream or not."""
    report = holding()
    point = report.points[0]
    made = [
        point.model_copy(update={"at_s": at_s, "ttft_ms": ttft_ms, "ok": ok})
        for at_s, ttft_ms, ok in ((3.0, None, True), (1.0, 5.0, True), (2.0, 5.0, False))
    ]

    found = requests(changed(report, points=made))

    assert list(found["at_s"]) == [1.0, 2.0, 3.0]
    assert list(found["kind"]) == ["stream", "failed", "JSON"]


def test_the_percentile_is_of_answers_under_load_alone():
    """Of the last fifty each time: failures, other parts and a shorter past have none."""
    report = holding()
    at = {"part": "load", "ok": True, "ttft_ms": None}
    load = [
        report.points[0].model_copy(update={**at, "at_s": n, "response_ms": 1.0 + n}) for n in range(P95_OF)
    ]
    chaos = [each.model_copy(update={"part": "chaos", "response_ms": 9000.0}) for each in load]
    failed = [each.model_copy(update={"ok": False, "response_ms": 9000.0}) for each in load]

    found = p95_over_time(requests(changed(report, points=[*load, *chaos, *failed])))

    assert list(found["at_s"]) == [P95_OF - 1]
    assert list(found["response_ms"]) == pytest.approx([1 + 0.95 * (P95_OF - 1)])
    assert p95_over_time(requests(changed(report, points=load[1:]))).empty


def test_a_percentile_that_too_few_calls_have_is_left_out(tmp_path):
    """The others are drawn, and its column stays empty."""
    report = holding()
    few = [node.model_copy(update={"server_ms_p99": None}) for node in report.nodes]
    plot(changed(report, nodes=few), tmp_path / "plots")

    rows = list(csv.DictReader((tmp_path / "plots" / "nodes.csv").read_text().splitlines()))
    assert {row["server_ms_p99"] for row in rows} == {""}
    assert (tmp_path / "plots" / "nodes.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("report", [unknown(), interrupted()], ids=["withheld", "interrupted"])
def test_figures_that_are_withheld_are_not_plotted(tmp_path, report):
    """Neither as a picture nor as a table."""
    written = plot(report, tmp_path / "plots")

    assert node_figures(report).empty
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == ["latency.png", "requests.csv"]
    assert len(written) == 2


def test_a_run_without_requests_has_nothing_to_plot(tmp_path):
    """That is said, and no folder is made."""
    with pytest.raises(UsageError, match=r"^--plots: .*-nogit sent no request that could be plotted$"):
        plot(empty(), tmp_path / "plots")
    assert not (tmp_path / "plots").exists()


@pytest.mark.parametrize("package", ["matplotlib", "pandas"])
def test_a_missing_package_is_named_with_what_brings_it(tmp_path, monkeypatch, package):
    """The base install has neither."""
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(
        UsageError, match=rf"package {package} is missing; pip install 'opea-harness\[plots\]'"
    ):
        plot(holding(), tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """With what the system said."""
    (tmp_path / "plots").write_text("in the way")

    with pytest.raises(StackError, match=r"plots: cannot be written \(File exists\)"):
        plot(holding(), tmp_path / "plots")
