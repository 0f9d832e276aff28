"""Dataprep: documents into a vector store, or pictures, videos and recordings with what is said of them."""

from mocks.dataprep import documents, multimodal

COMPS = (*documents.COMPS, *multimodal.COMPS)
