"""The graph of nodes."""

import re

from harness.report import GraphNode
from reports.figures.graph import graph


def corners(drawing: str) -> dict[str, tuple[float, float]]:
    found = re.findall(r'<title>([^\n<]+)\n[^<]*</title><rect x="([\d.]+)" y="([\d.]+)"', drawing)
    return {name: (float(x), float(y)) for name, x, y in found}


def test_a_chain_goes_left_to_right_on_a_wide_page_and_down_on_a_narrow_one(made):
    """In the graph's order."""
    wide, narrow = (corners(drawing) for drawing in graph(made("holds")).drawings)
    names = ["guardrail_in", "embedding", "retriever", "rerank", "llm"]

    assert sorted(wide, key=lambda name: wide[name][0]) == names
    assert len({y for _, y in wide.values()}) == 1
    assert sorted(narrow, key=lambda name: narrow[name][1]) == names
    assert len({x for x, _ in narrow.values()}) == 1


def test_branches_stand_beside_each_other_and_edges_are_drawn(made):
    """An edge for each `after`."""
    drawing = graph(made("branching")).drawings[0]
    at = corners(drawing)

    assert at["embed"][0] == at["search"][0]
    assert at["embed"][1] != at["search"][1]
    assert drawing.count('class="edge"') == 7


def test_the_caption_says_of_what_the_figures_are(made):
    """Or why there are none."""
    assert graph(made("holds")).caption.startswith(
        "n = 600 calls of a node · seed 7 · commit 9d1eeb8 · p50 and p95 as"
    )
    assert "Withheld: 0.930" in graph(made("unknown")).caption


def test_a_long_chain_grows_instead_of_shrinking(made):
    """A node's card stays readable; the page scrolls it in its own box."""
    nodes = [GraphNode(name=f"n{i}", comp="c", path="/", after=[f"n{i - 1}"] if i else []) for i in range(12)]
    wide = graph(made("holds").model_copy(update={"graph": nodes})).drawings[0]
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', wide).group(1))

    assert width > 1120
    at = corners(wide)
    assert at["n1"][0] - at["n0"][0] > 148


def test_a_readers_without_eyes_get_every_node_in_words(made):
    """The description names figures and findings."""
    drawing = graph(made("violated")).drawings[0]
    description = re.search(r"<desc[^>]*>(.*?)</desc>", drawing, re.DOTALL).group(1)

    assert "embedding\nembeddings at /v1/embeddings (mock)" in description
    assert "2 violated, 0 unknown" in description
