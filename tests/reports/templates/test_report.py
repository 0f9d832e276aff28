"""The page in a real browser: no error on its console, nothing fetched, readable wide and narrow, usable by keyboard."""

import pytest

KINDS = ("holds", "violated", "unknown", "interrupted", "empty", "branching", "large")
pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def shown(browser, page_of, tmp_path):
    """Open the page of a kind of run; what it looks like is left in the test's folder."""
    opened = []

    def show(kind: str, width: int = 1280, scheme: str = "light"):
        path = tmp_path / f"{kind}.html"
        path.write_text(page_of(kind), encoding="utf-8")
        opened.append(browser.open(path.as_uri(), width, scheme=scheme))
        return opened[-1]

    yield show
    for each in opened:
        each.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_a_browser_finds_nothing_to_complain_of(shown, kind, width):
    """No error, no request to anywhere, no sideways scrolling, and the verdict in sight at the top."""
    page = shown(kind, width)
    top = page.value("document.querySelector('#verdict').getBoundingClientRect().toJSON()")

    assert page.complaints() == []
    assert len(page.requests()) == 1
    assert page.value("document.documentElement.scrollWidth") <= width
    assert (top["top"] < 120, top["width"] > 250, top["right"] <= width) == (True, True, True)


def test_an_error_on_the_console_would_be_seen(browser, tmp_path):
    """The control: a page with a thrown error, a refused style and a logged one has three complaints."""
    path = tmp_path / "bad.html"
    path.write_text(
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
        <p style="color: red">x</p><script>console.error("logged"); throw new Error("thrown")</script>"""
    )
    page = browser.open(path.as_uri(), 1280)
    complaints = "\n".join(page.complaints())
    page.close()

    assert all(words in complaints for words in ("logged", "thrown", "Content Security Policy"))


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_page_but_in_its_own_box(shown, width):
    """Every element ends within the page, unless a scrolling box holds it."""
    page = shown("violated", width)
    wide = page.value(
        """[...document.querySelectorAll("body *")].filter((e) => !e.closest(".scroll, svg, .skip, #tip")
        && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))"""
    )

    assert wide == []


@pytest.mark.parametrize("kind", ["holds", "violated"])
def test_no_table_has_to_be_pushed_sideways_on_a_wide_screen(shown, kind):
    """Five nodes with all their figures fit."""
    pushed = shown(kind).value(
        """[...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth)
        .map((e) => e.getAttribute("aria-label"))"""
    )

    assert pushed == []


def test_the_colours_follow_the_readers_scheme(shown):
    """Dark on light, and light on dark."""
    ground = "getComputedStyle(document.body).backgroundColor"

    assert shown("holds").value(ground) == "rgb(250, 250, 249)"
    assert shown("holds", scheme="dark").value(ground) == "rgb(19, 22, 25)"


def test_a_cell_of_the_fault_table_tells_more_by_keyboard(shown):
    """Tab to it and read, Escape to close."""
    page = shown("violated")
    page.value(
        """(() => { const all = [...document.querySelectorAll(".square")];
        all[all.findIndex((each) => each.matches(".violated")) - 1].focus(); })()"""
    )
    page.press("Tab", 9)

    assert page.value("document.querySelector('#tip').hidden") is False
    words = page.value("document.querySelector('#tip').textContent")
    assert words.startswith("status-429 on llm\n")
    assert "expected: an error that names llm, status 502\n  actual: 500 Internal Server Error" in words
    assert page.value("document.activeElement.getAttribute('aria-description')") == words
    page.press("Escape", 27)
    assert page.value("document.querySelector('#tip').hidden") is True


def test_a_mark_tells_its_figures_when_pointed_at(shown):
    """The request's own milliseconds, part and second."""
    page = shown("holds")
    place = page.value(
        """(() => { const svg = document.querySelector("#latency-all .wide svg");
        svg.scrollIntoView({block: "center", behavior: "instant"});
        const [x, y] = svg.querySelector(".marks.failed").getAttribute("d").match(/[\\d.]+/g).map(Number);
        const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [at.x, at.y]; })()"""
    )
    page.point_at(*place)

    words = page.value("document.querySelector('#tip').textContent")
    assert words.endswith("ms, failed\nchaos, 14.0 s into the run")
    assert page.value("document.querySelector('#latency-all .wide .halo').classList.contains('on')") is True
    page.point_at(5, 5)
    assert page.value("document.querySelector('#tip').hidden") is True


def test_a_panel_is_chosen_by_its_tab(shown):
    """Without any script; one panel is in sight at a time."""
    page = shown("holds")
    seen = "[...document.querySelectorAll('.panel')].map((each) => each.offsetHeight > 0)"

    assert page.value(seen) == [True, False, False]
    page.value("document.querySelector('label[for=tab-2]').click() ?? null")
    assert page.value(seen) == [False, True, False]


def test_verdicts_are_filtered_by_word_and_by_text(shown):
    """The count says how many are left."""
    page = shown("violated")
    left = "document.querySelectorAll('#table-verdicts tbody tr:not([hidden])').length"

    assert page.value(left) == 151
    page.value("document.querySelector('button[data-word=violated]').click() ?? null")
    assert page.value(left) == 3
    page.value(
        "(() => { const t = document.querySelector('#filter-text'); t.value = '.EMBEDDING.'; t.dispatchEvent(new Event('input')); })()"
    )
    assert page.value(left) == 2
    assert page.value("document.querySelector('#filter-count').textContent") == "2 of 151 shown"


def test_the_tally_at_the_top_leads_to_its_verdicts(shown):
    """A click on `1 unknown` shows that one."""
    page = shown("violated")
    page.value("document.querySelector('.tally a[data-filter=unknown]').click() ?? null")

    assert page.value("document.querySelectorAll('#table-verdicts tbody tr:not([hidden])').length") == 1
    assert (
        page.value("document.querySelector('button[data-word=unknown]').getAttribute('aria-pressed')")
        == "true"
    )


@pytest.mark.parametrize(("width", "drawing"), [(1280, "wide"), (390, "narrow")])
def test_figures_are_drawn_for_the_width_of_the_page(shown, width, drawing):
    """Text in a figure is never smaller than 9 pixels."""
    page = shown("violated", width)
    sizes = page.value(
        """[...document.querySelectorAll("figure svg")].filter((svg) => svg.getBoundingClientRect().width)
        .map((svg) => [svg.closest(".drawing").className.split(" ").at(-1), 11.5 * svg.getScreenCTM().a])"""
    )

    assert {name for name, _ in sizes} == {drawing}
    assert min(size for _, size in sizes) >= 9


def test_a_page_of_a_hundred_thousand_requests_is_there_within_two_seconds(shown):
    """From navigation to load, by the browser's own clock."""
    page = shown("large")

    assert page.value("performance.getEntriesByType('navigation')[0].loadEventEnd") < 2000


def test_the_page_fits_on_paper(shown):
    """Landscape A4, all panels, nothing cut off at the side."""
    page = shown("violated", 1030)
    page.ask("Emulation.setEmulatedMedia", media="print")

    assert page.value("document.documentElement.scrollWidth") <= 1030
    assert (
        page.value("[...document.querySelectorAll('.panel')].every((each) => each.offsetHeight > 0)") is True
    )
    assert page.value("document.querySelector('nav').offsetHeight") == 0
