"""`report.html`, as text; how a browser takes it is tested beside the templates."""

import re
from html.parser import HTMLParser

import pytest

from harness.report import DefectRow, VerdictRow
from reports.page import BYTES_MAX, page

VOID = {"meta", "link", "br", "input"}


class Outline(HTMLParser):
    """Tables by id, `data` values by table, links and ids; and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.ids, self.links, self.sources, self.values = [], [], [], [], {}
        self._table = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        self.sources += [
            found[name]
            for name in ("src", "srcset", "action", "data", "poster", "xlink:href")
            if name in found
        ]
        if tag in ("table", "dl") and "id" in found:
            self._table = found["id"]
        if tag == "data":
            self.values.setdefault(self._table, []).append(float(found["value"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open[-1] == tag, (tag, self.open[-4:], self.getpos())
        self.open.pop()


@pytest.mark.parametrize(
    "kind", ["holds", "violated", "unknown", "interrupted", "empty", "branching", "large"]
)
def test_the_page_is_whole_small_and_needs_nothing_from_elsewhere(page_of, kind):
    """Of any run: no source, no link but within the page, at most 1.5 MB, every element closed, ids once."""
    text = page_of(kind)
    outline = Outline(text)

    assert len(text.encode()) <= BYTES_MAX
    assert outline.open == []
    assert outline.sources == []
    assert all(link.startswith(("#", "data:,")) for link in outline.links)
    assert "://" not in text
    assert not re.search(r"url\(|@import|import\(|fetch\(|XMLHttpRequest", text)
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)


def test_defects_have_a_section_where_they_were_tried(made):
    """With what was seen and what should be; a run that did not try them does not speak of them."""
    row = DefectRow(
        id="defect.02.status-503",
        fault="answers <503>",
        node="llm",
        mode="stream",
        verdict="violated",
        expected="503",
        actual="200, nothing in it",
    )
    text = page(made("empty").model_copy(update={"defects": [row]}))
    outline = Outline(text)

    assert "answers &lt;503&gt;" in text
    assert "200, nothing in it" in text
    assert {"defects", "table-defects"} <= set(outline.ids)
    assert "#defects" in outline.links
    assert 'id="defects"' not in page(made("empty"))


@pytest.mark.parametrize("kind", ["holds", "violated", "unknown", "interrupted", "empty"])
def test_the_verdict_comes_first(page_of, kind):
    """Before any figure, also of a run that failed."""
    text = page_of(kind)
    words = {
        "holds": "Holds",
        "violated": "Violated",
        "unknown": "Unknown",
        "interrupted": "Unknown",
        "empty": "Unknown",
    }[kind]

    assert text.index(f"<span>{words}") < text.index("<main")


def _figures(rows, names):
    return [getattr(row, name) for row in rows for name in names if getattr(row, name) is not None]


def test_the_figures_of_the_page_are_those_of_the_json(made, page_of):
    """Unrounded in the `value` of each, whatever is shown."""
    report, values = made("holds"), Outline(page_of("holds")).values
    names = list(type(report.nodes[0]).model_fields)
    of_a_call = [name for name in names if name.startswith(("client_ms", "server_ms", "self_ms", "gap_ms"))]
    of_tokens = [name for name in names if name.startswith(("ttft_ms", "itl_ms"))]
    load = report.load

    assert values["table-nodes"] == _figures(
        report.nodes, ["calls", "errors", "attempts", *of_a_call, "critical_share"]
    )
    assert values["table-nodes-tokens"] == _figures(report.nodes, [*of_tokens, "confidence"])
    assert values["table-load"] == [
        getattr(getattr(load, latency), figure)
        for latency in ("response_ms", "service_ms", "ttft_ms", "itl_ms", "tpot_ms")
        for figure in ("count", "mean", "p50", "p90", "p95", "p99", "max")
    ]
    assert values["table-quality"] == list(report.quality.values())
    assert values["table-coverage"] == [880, 879, 0, 2, 879 / 880]
    for figure in (
        load.rate_asked,
        load.rate_sent,
        load.rate_done,
        load.goodput_per_s,
        load.good_share,
        load.lag_ms_p99,
    ):
        assert figure in values["table-load-facts"]


def test_withheld_figures_say_why_and_show_no_zero(page_of):
    """The table of nodes has counts and no latency."""
    text = page_of("unknown")
    values = Outline(text).values

    assert values["table-nodes"] == [600, 0, 600] * 5
    assert values["table-nodes-tokens"] == [1.0] * 5
    assert "0.930 of the requests were found whole in the traces; figures need 0.99." in text


def test_every_verdict_is_in_the_table(made, page_of):
    """With its word to filter by."""
    rows = re.findall(r'<tr data-word="([^"]+)">', page_of("violated"))

    assert len(rows) == len(made("violated").verdicts)
    assert rows[:4] == ["violated", "violated", "violated", "unknown"]


def test_what_a_large_run_leaves_out_is_counted(page_of):
    """Nobody takes a part for the whole."""
    text = page_of("large")

    assert re.search(r"[\d,]+ more rows are in report.json\.", text)
    assert "1,500 of 100,280 requests are drawn" in text


def test_a_reply_full_of_markup_is_text(made, drawn_page):
    """A megaservice under test must not write the report."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>'\""
    row = VerdictRow(
        id=evil, subject=evil, verdict="violated", why=evil, expected=evil, actual=evil, repeat=evil
    )
    report = made("violated")
    faults = [cell.model_copy(update={"fault": evil, "actual": evil}) for cell in report.faults[:2]]
    points = [point.model_copy(update={"part": evil}) for point in report.points[:5]]
    run = report.run.model_copy(update={"scenario": evil, "says": evil})
    text = drawn_page(
        report.model_copy(
            update={
                "verdicts": [row],
                "faults": faults,
                "points": points,
                "run": run,
                "command": evil,
                "warnings": [evil],
            }
        )
    )

    assert text.count("<script>") == 1
    assert "<img" not in text
    assert Outline(text).open == []


def test_the_machine_and_the_command_are_there(page_of):
    """What one needs to run it again."""
    text = page_of("holds")

    assert "opea-harness run rag --seed 7 --rate 20 --duration 30" in text
    assert "Example CPU at 2.4 GHz" in text
    assert "9d1eeb8" in text
