"""SVG as text."""

from xml.etree import ElementTree as ET

from reports.figures.svg import axis_name, caption, drawing, fitted, line, rect, tag, text


def test_foreign_words_cannot_leave_their_element():
    """Neither out of text nor out of an attribute."""
    assert text(1, 2, "<script>&") == '<text x="1" y="2">&lt;script&gt;&amp;</text>'
    assert tag("g", data_x='"><script>') == '<g data-x="&#34;&gt;&lt;script&gt;"/>'


def test_elements_are_short():
    """A decimal is enough for a pixel."""
    assert rect((1.0, 2.06, 3.5, -1.0), "bar") == '<rect x="1" y="2.1" width="3.5" height="0" class="bar"/>'
    assert line(0, 1.25, 2, 3, "grid") == '<line x1="0" y1="1.2" x2="2" y2="3" class="grid"/>'
    assert "rotate(-90)" in axis_name(1, 2, "ms")


def test_a_drawing_has_a_title_and_a_description_that_it_names():
    """A reader without eyes gets both."""
    root = ET.fromstring(drawing("plot", ("Title", "What is to be seen"), (100, 50), line(0, 0, 1, 1, "x")))

    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [root.find("title").get("id"), root.find("desc").get("id")]
    assert (root.find("title").text, root.find("desc").text) == ("Title", "What is to be seen")


def test_words_that_do_not_fit_are_cut_with_an_ellipsis():
    """Words that fit are left alone."""
    assert fitted("guardrail", 100, 7) == "guardrail"
    assert fitted("guardrail_in_the_middle", 70, 7) == "guardrail…"


def test_a_caption_names_samples_seed_and_commit(made):
    """A figure that travels alone can still be traced."""
    assert (
        caption(made("holds"), 1200, "requests", "more")
        == "n = 1,200 requests · seed 7 · commit 9d1eeb8 · more"
    )
    assert caption(made("empty"), 0, "requests") == "n = 0 requests · seed 0 · commit not known"
