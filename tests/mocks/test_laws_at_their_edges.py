"""Laws on replies that are just right and just wrong, with the words that they say of them."""

import pytest

from harness.discovery import COMP, discover
from tests.mocks import law_rows_of_documents, law_rows_of_models, law_rows_of_services

COMPS = discover(COMP)
ROWS = {**law_rows_of_documents.ROWS, **law_rows_of_models.ROWS, **law_rows_of_services.ROWS}


def law(comp, variant, name):
    """The law of that name of a comp's variant."""
    variants = (
        each for endpoint in COMPS[comp].endpoints for each in endpoint.variants if each.name == variant
    )
    return next(each for found in variants for each in found.laws if each.id == name)


@pytest.mark.parametrize(("name", "rows"), ROWS.items(), ids=[".".join(name) for name in ROWS])
def test_a_law_says_what_is_wrong_and_of_what_is_right_nothing(name, rows):
    """At the edges of what it allows, on either side."""
    broken = law(*name).broken

    assert [broken(request, reply) for request, reply, _ in rows] == [words for *_, words in rows]


def test_every_law_has_its_rows():
    """Told by its function, which several comps and variants may have in common."""
    laws = {
        (comp.id, variant.name, each.id): getattr(each.broken, "func", each.broken).__code__
        for comp in COMPS.values()
        for endpoint in comp.endpoints
        for variant in endpoint.variants
        for each in variant.laws
    }
    tried = {laws[name] for name in ROWS}

    assert [name for name, code in laws.items() if code not in tried] == []
