"""Latency over time."""

import json

from reports.figures.latency import latency, part_spans


def test_there_is_a_panel_for_the_whole_run_and_one_for_each_loud_part(made):
    """Chaos and load are looked at by themselves."""
    assert [figure.title for figure in latency(made("holds"))] == ["Whole run", "Chaos", "Load"]
    assert [figure.title for figure in latency(made("interrupted"))] == ["Whole run", "Chaos"]


def test_a_run_without_requests_has_no_plot(made):
    """An empty plot would look like a fast one."""
    assert latency(made("empty")) == ()


def test_all_points_are_drawn_where_there_are_few(made):
    """The data for hovering are the report's."""
    report = made("holds")
    figure = latency(report)[0]
    rows = json.loads(figure.data)

    assert len(rows) == len(report.points)
    assert rows[0][1] == round(report.points[0].response_ms, 2)
    assert (
        figure.caption
        == "n = 880 requests · seed 7 · commit 9d1eeb8 · response counts from the intended start"
    )


def test_kinds_differ_in_shape_as_well_as_in_colour(made):
    """Stream, JSON and failed are three paths of three marks."""
    wide = latency(made("holds"))[0].drawings[0]

    assert all(f'class="marks {kind}"' in wide for kind in ("json", "stream", "failed"))
    assert all(
        f"{sign}</tspan> {word}" in wide for sign, word in (("■", "JSON"), ("●", "stream"), ("✕", "failed"))
    )


def test_axes_have_units_and_say_their_scale(made):
    """Two seconds beside three milliseconds is a log scale."""
    for drawing in latency(made("holds"))[0].drawings:
        assert "response, ms (log scale)" in drawing
        assert "seconds into the run" in drawing
    assert "response, ms (linear scale)" in latency(made("holds"))[2].drawings[0]


def test_fault_windows_are_shaded_where_faults_were(made):
    """And not in the load."""
    whole, chaos, load = (figure.drawings[0] for figure in latency(made("violated")))

    assert 'class="shade"' in whole
    assert 'class="shade"' in chaos
    assert "shade" not in load
    assert whole.count('class="window tip violated"') == 3


def test_thousands_of_points_are_thinned_and_the_caption_says_so(made):
    """The slowest stays."""
    report = made("large")
    figure = latency(report)[0]
    rows = json.loads(figure.data)

    assert len(rows) == 1500
    assert "1,500 of 100,280 requests are drawn: the slowest and the fastest of every slice" in figure.caption
    assert max(row[1] for row in rows) == round(max(point.response_ms for point in report.points), 2)


def test_more_windows_than_can_be_told_apart_are_only_shaded(made):
    """A thousand bars of half a pixel say nothing."""
    wide = latency(made("large"))[0].drawings[0]

    assert 'class="shade"' in wide
    assert "window tip" not in wide


def test_parts_are_named_in_order(made):
    """From their first request to their last."""
    spans = part_spans(made("holds").points)

    assert [name for name, _, _ in spans] == ["correctness", "chaos", "load"]
    assert spans[0][1:] == (0.0, 11.8)


def test_the_description_tells_what_is_to_be_seen(made):
    """Without eyes, too."""
    assert (
        "880 requests in 88.0 s, 47 failed; the slowest took 2,000 ms"
        in latency(made("holds"))[0].drawings[0]
    )
