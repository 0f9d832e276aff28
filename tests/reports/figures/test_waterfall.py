"""One request, hop by hop."""

from harness.report import Span, Waterfall
from reports.figures.waterfall import waterfalls


def of(made, *spans: Span, label: str = "median"):
    fall = Waterfall(label=label, trace_id="abc", total_ms=100, spans=list(spans))
    return waterfalls(made("empty").model_copy(update={"waterfalls": [fall]}))


def test_the_median_and_the_p99_request_are_drawn(made):
    """Each with its total in the title and its trace in the caption."""
    median, slow = waterfalls(made("holds"))

    assert median.title == "The median request: 235 ms"
    assert slow.title == "The p99 request: 443 ms"
    assert "n = 11 spans" in median.caption
    assert "trace 4bf92f3577b34da6a3ce929d0e0e4736" in median.caption


def test_a_failed_span_is_marked_by_a_sign_and_a_fault_by_its_name(made):
    """Not by colour alone."""
    span = Span(
        node="llm", kind="client", name="POST /x", start_ms=10, duration_ms=50, error=True, fault="status-500"
    )
    wide = of(made, span)[0].drawings[0]

    assert "✕ llm · POST /x" in wide
    assert 'class="bar tip error"' in wide
    assert "50.0 ms · status-500" in wide


def test_a_span_that_ends_after_the_request_stays_inside(made):
    """Work that went on when the answer was sent is part of the trace."""
    figure = of(made, Span(node="llm", kind="server", name="x", start_ms=90, duration_ms=200))[0]

    assert all(">250<" in drawing or ">200<" in drawing for drawing in figure.drawings)


def test_a_request_of_very_many_spans_is_cut_and_says_so(made):
    """A loop may leave hundreds."""
    spans = [Span(node="llm", kind="server", name="x", start_ms=i, duration_ms=1, depth=i) for i in range(75)]
    figure = of(made, *spans)[0]

    assert "15 later spans are not drawn" in figure.caption
    assert figure.drawings[0].count('class="bar') == 60


def test_without_spans_there_is_no_figure(made):
    """An empty frame is no waterfall."""
    assert of(made) == ()
    assert waterfalls(made("empty")) == ()


def test_a_foreign_name_is_text_and_nothing_else(made):
    """Spans may come from somebody else's megaservice."""
    wide = of(made, Span(node="<script>", kind="odd", name='"x"', start_ms=0, duration_ms=1))[0].drawings[0]

    assert "<script>" not in wide
    assert 'class="bar tip internal"' in wide
