"""The services of this folder together."""

from mocks.dataprep import COMPS


def test_there_are_the_documents_and_the_multimodal_service_over_two_stores():
    """Each under its own id, both multimodal ones under one title."""
    assert [comp.id for comp in COMPS] == [
        "dataprep",
        "dataprep.qdrant",
        "dataprep.multimodal",
        "dataprep.multimodal_vdms",
    ]
    assert len({comp.title for comp in COMPS}) == 2
