"""A node as a card."""

from dataclasses import replace

import pytest

from harness.report import VerdictRow
from reports.figures.node_card import cards, draw
from reports.wording import Missing


def test_a_card_has_the_nodes_figures(made):
    """As the report holds them."""
    llm = cards(made("holds"))[-1]

    assert llm.figures["client_ms_p50"] == 181.0
    assert "first token p50 41.3 ms" in llm.says
    assert llm.state == "calm"
    drawn = draw(llm, (0, 0), 190)
    assert all(
        words in drawn for words in (">181<", ">259<", "0.784 of critical path", "600 calls, 0 errors")
    )


def test_what_speaks_against_a_node_is_counted_once(made):
    """A fault cell and its verdict are the same finding."""
    state = {card.node.name: (card.violated, card.unknown) for card in cards(made("violated"))}

    assert state == {
        "guardrail_in": (0, 0),
        "embedding": (2, 0),
        "retriever": (0, 0),
        "rerank": (0, 1),
        "llm": (1, 0),
    }


def test_a_broken_contract_marks_its_node(made):
    """A verdict whose subject is the node."""
    report = made("holds")
    row = VerdictRow(
        id="embeddings.contract.laws", subject="embedding", verdict="violated", why="not of length 1"
    )
    card = cards(report.model_copy(update={"verdicts": [row]}))[1]

    assert card.state == "violated"
    assert "✕ 1 violated" in draw(card, (0, 0), 190)


def test_withheld_figures_are_words(made):
    """Never a zero."""
    card = cards(made("unknown"))[0]

    assert isinstance(card.figures["client_ms_p50"], Missing)
    drawn = draw(card, (0, 0), 190)
    assert drawn.count(">withheld<") == 2
    assert "critical path: withheld" in drawn


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ("mock", "mock"),
        ("http://127.0.0.1:9000", "URL"),
        ("opea/retriever:latest", "image"),
        ("not known", "unseen"),
    ],
)
def test_where_a_node_runs_is_a_word_that_leaves_its_name_whole(made, where, word):
    """The address or the image stands in what hovering tells."""
    card = cards(made("holds"))[0]
    drawn = draw(replace(card, node=card.node.model_copy(update={"where": where})), (0, 0), 190)

    assert f">{word}<" in drawn
    assert f"({where})" in drawn
    assert ">guardrail_in<" in drawn


def test_a_node_that_the_traces_do_not_name_has_no_figure(made):
    """And says so."""
    card = cards(made("interrupted"))[0]

    assert "the traces do not name this node" in card.says
    assert "no calls seen" in draw(card, (0, 0), 190)
