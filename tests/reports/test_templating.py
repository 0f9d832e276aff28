"""How a template becomes a page."""

import base64
import hashlib
import re

from harness.report import FaultCell
from reports.fault_table import Square
from reports.tables import Column, Table
from reports.templating import TEMPLATES, cell_says, header_groups


def test_the_policy_lets_only_this_pages_own_script_and_style_run(page_of):
    """Both are named by their hashes, and nothing may be fetched."""
    text = page_of("holds")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1).replace("&#39;", "'")

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, pattern in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        (inner,) = re.findall(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_nothing_in_the_page_carries_a_style_or_a_handler_of_its_own(page_of):
    """The policy would refuse them, on the console."""
    text = page_of("violated")

    assert not re.search(r"<[^>]+\s(style|on\w+)=", text)


def test_columns_under_one_name_are_one_heading():
    """Neighbours only."""
    columns = (Column("a"), Column("p50", group="x"), Column("p95", group="x"), Column("mean", group="y"))

    assert header_groups(Table("t", "T", columns, ())) == [("", 1), ("x", 2), ("y", 1)]


def test_a_square_tells_expected_and_actual_of_every_mode():
    """What was not run says that."""
    cell = FaultCell(
        fault="f",
        node="llm",
        mode="json",
        verdict="violated",
        fired=3,
        expected="502",
        actual="200 " * 100,
        why="passed on",
    )
    words = cell_says(Square("f", "llm", (cell,)), 20)

    assert (
        words
        == "f on llm\njson: ✕ violated, fired 3 times\n  expected: 502\n  actual: 200 200 200 200 200…\n  why: passed on"
    )
    assert cell_says(Square("f", "llm", ()), 20) == "f on llm\nnot run"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_in_light_and_in_dark():
    """WCAG AA: 4.5 to 1 for every colour of words on every ground it stands on."""
    style = (TEMPLATES / "report.css").read_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    )
    for colours in (light, light | dark):
        for ground in ("page", "panel", "faint"):
            for words in ("ink", "muted", "holds", "violated", "unknown", "na", "blue"):
                assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground, colours[words])
        for word in ("holds", "violated", "unknown"):
            for words in (word, "ink", "muted"):
                assert contrast(colours[words], colours[f"{word}-tint"]) >= 4.5, (words, word)
            assert contrast(colours["page"], colours[word]) >= 4.5, word
