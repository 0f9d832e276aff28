"""All figures of a report."""

from reports.figures.drawings import drawings


def test_a_whole_run_has_every_figure(made):
    """Graph, three panels, two waterfalls, quantiles."""
    drawn = drawings(made("holds"))

    assert drawn.graph is not None
    assert (len(drawn.latency), len(drawn.waterfalls)) == (3, 2)
    assert drawn.quantiles is not None


def test_an_empty_run_has_none(made):
    """And drawing it is no error."""
    drawn = drawings(made("empty"))

    assert (drawn.graph, drawn.latency, drawn.waterfalls, drawn.quantiles) == (None, (), (), None)
