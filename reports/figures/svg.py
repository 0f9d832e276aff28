"""SVG as text: elements, frames and the figure that holds them.

Colours are classes that the page's style sheet knows, for light and dark; nothing carries a style of its own.
"""

from dataclasses import dataclass

from markupsafe import Markup, escape

from harness.report import Report
from reports.wording import count


@dataclass(frozen=True, slots=True)
class Frame:
    """What a figure is drawn for: a wide page or a narrow one. Lengths are pixels at a scale of 1."""

    name: str
    width: float
    narrow: bool


WIDE = Frame("wide", 1120, narrow=False)
NARROW = Frame("narrow", 370, narrow=True)
FRAMES = (WIDE, NARROW)
VALUES_PX = 50.0  # What the values of an upright axis take up, to "10,000".


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure drawn for every frame; `data` is JSON that the page's script reads for hovering, or empty."""

    id: str
    title: str
    caption: str
    drawings: tuple[Markup, ...]
    data: str = ""


def tag(name: str, *inner: str, **attributes: object) -> Markup:
    """The element; `class_` is class, `_` in other names is `-`, None leaves the attribute out, text is escaped."""
    pairs = [
        (key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None
    ]
    head = "".join(f' {key}="{escape(_shown(value))}"' for key, value in pairs)
    body = Markup("").join(inner)
    return Markup(f"<{name}{head}>{body}</{name}>") if body else Markup(f"<{name}{head}/>")  # noqa: S704  Escaped above.


def text(x: float, y: float, words: str, class_: str = "", *, anchor: str | None = None) -> Markup:
    """Words at a place; `anchor` is middle or end, or the words begin there."""
    return tag("text", words, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def axis_name(start: float, y: float, words: str) -> Markup:
    """The name of an upright axis at `start`: read upwards, centred on `y`, clear of the values that stand between."""
    return tag(
        "text",
        words,
        transform=f"translate({start - VALUES_PX:.1f} {y:.1f}) rotate(-90)",
        class_="small",
        text_anchor="middle",
    )


def rect(box: tuple[float, float, float, float], class_: str, *inner: str, radius: float = 0) -> Markup:
    """A rectangle: left, top, width, height."""
    x, y, width, height = box
    size = {"x": x, "y": y, "width": max(width, 0.0), "height": max(height, 0.0)}
    return tag("rect", *inner, **size, rx=radius or None, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def hint(words: str) -> Markup:
    """What hovering over the surrounding element says; its first line is its heading."""
    return tag("title", words)


def drawing(
    name: str, says: tuple[str, str], size: tuple[float, float], *body: str, **attributes: object
) -> Markup:
    """A whole SVG with the title and the description (`says`) that a reader without eyes gets."""
    title, description = says
    width, height = size
    return tag(
        "svg",
        tag("title", title, id=f"{name}-title"),
        tag("desc", description, id=f"{name}-desc"),
        *body,
        viewBox=f"0 0 {_shown(width)} {_shown(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        **attributes,
    )


def fitted(words: str, width: float, letter_width: float = 7.2) -> str:
    """The words, cut with an ellipsis where they would not fit into so many pixels."""
    letters = max(int(width / letter_width), 1)
    return words if len(words) <= letters else words[: max(letters - 1, 0)] + "…"


def caption(report: Report, samples: int, noun: str, more: str = "") -> str:
    """What stands under every figure: the number of samples, the seed and the commit."""
    facts = f"n = {count(samples)} {noun} · seed {report.run.seed} · commit {report.run.git or 'not known'}"
    return f"{facts} · {more}" if more else facts


def _shown(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
