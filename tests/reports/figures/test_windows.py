"""When faults were on."""

from harness.report import FaultCell
from reports.figures.axes import linear
from reports.figures.svg import NARROW, WIDE
from reports.figures.windows import lanes, merged, shades, windows


def cell(node: str, began_s: float | None, ended_s: float | None, verdict: str = "holds") -> FaultCell:
    return FaultCell(
        fault="status-500", node=node, mode="json", verdict=verdict, fired=3, began_s=began_s, ended_s=ended_s
    )


def test_a_fault_that_was_never_put_on_has_no_window():
    """n/a cells have no times."""
    assert windows([cell("llm", None, None), cell("llm", 1.0, None)]) == ()


def test_windows_that_overlap_or_touch_are_one_shade():
    """Shades on shades would look like more."""
    shown = windows([cell("llm", 3, 4), cell("llm", 0, 1), cell("rerank", 1, 2), cell("rerank", 3.5, 3.7)])

    assert merged(shown) == [(0, 2), (3, 4)]
    assert len(list(shades(shown, linear(10, 0, 100), 0, 50))) == 2


def test_a_short_window_is_still_seen():
    """At least a pixel wide."""
    (shade,) = shades(windows([cell("llm", 1, 1.0001)]), linear(100, 0, 100), 0, 50)

    assert 'width="1"' in shade


def test_a_lane_names_its_node_and_its_bar_tells_the_fault():
    """In words, and with the word of the verdict as its class."""
    drawn = "".join(lanes(windows([cell("llm", 1, 2, "violated")]), ["llm"], linear(10, 104, 1000), WIDE, 48))

    assert ">llm</text>" in drawn
    assert 'class="window tip violated"' in drawn
    assert "status-500 on llm\njson: ✕ violated, fired 3 times\n1.00 s to 2.00 s" in drawn


def test_a_narrow_page_has_one_lane_without_names():
    """There is no room for more."""
    drawn = "".join(
        lanes(
            windows([cell("llm", 1, 2), cell("rerank", 3, 4)]),
            ["llm", "rerank"],
            linear(10, 48, 360),
            NARROW,
            48,
        )
    )

    assert "<text" not in drawn
    assert drawn.count('y="49"') == 2
