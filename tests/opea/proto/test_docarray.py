"""OPEA's documents under upstream's module name."""

from typing import get_args

from harness.opea.proto import docarray
from tests.opea.proto.schemas import UPSTREAM


def test_every_document_is_there():
    """What upstream's module defines, ours gives."""
    assert set(UPSTREAM["docarray"]) - set(docarray.__all__) == set()
    assert all(hasattr(docarray, name) for name in docarray.__all__)


def test_a_multimodal_document_is_one_of_three():
    """The union has upstream's members in upstream's order."""
    assert get_args(docarray.MultimodalDoc) == (docarray.TextDoc, docarray.ImageDoc, docarray.TextImageDoc)
