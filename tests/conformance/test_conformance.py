"""What upstream's own tests of its cores assert (tests/cores, GenAIComps 8130a3f): 61 items, on our engine and on opea-comps.

The numbers are those of `docs/differences.md`, which says where an item differs on purpose.
"""

from pathlib import Path

import pytest

from tests.conformance.items import DIFFERS, items

DIFFERENCES = Path(__file__).resolve().parents[2] / "docs" / "differences.md"


@pytest.mark.conformance
@pytest.mark.parametrize("item", items(), ids=lambda item: item.name.removeprefix("item_"))
def test_item(item, gateway, engines):
    """The item holds on this gateway; of what the reference engine has not, the reason is told."""
    outcome, words = engines[gateway].carried_out(item)
    if outcome == "lacking":
        pytest.skip(f"item {item.number}: {words.partition(';')[0]}")

    assert outcome == "holds", f"{item.claim}\n{words}"


def test_all_items_are_here():
    """Each number once, with its claim."""
    assert [item.number for item in items()] == list(range(1, 62))
    assert all(item.claim.endswith(".") for item in items())


@pytest.mark.parametrize("number", DIFFERS)
def test_what_differs_on_purpose_is_written_down(number):
    """In the page that people read."""
    assert DIFFERS[number] in DIFFERENCES.read_text()


def test_an_item_that_fails_is_told(engines):
    """An item that is none fails, with the words that say why, and the engine goes on."""
    from dataclasses import replace

    first = items()[0]
    outcome, words = engines["reference"].carried_out(replace(first, name="item_00"))

    assert outcome == "fails"
    assert "has no attribute 'item_00'" in words
    assert engines["reference"].carried_out(first) == ("holds", "")
