"""What dataprep takes as a form (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f).

No pydantic here, as upstream: FastAPI fills them through `Depends`, one parameter a form field. Made by hand, each
parameter left out has its plain default (upstream's then holds FastAPI's own description of it).
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import File, Form, UploadFile

Files = Annotated[UploadFile | list[UploadFile] | None, File()]
Text = Annotated[str | None, Form()]
Texts = Annotated[list[str] | None, Form()]
Number = Annotated[int | None, Form()]
Flag = Annotated[bool | None, Form()]


@dataclass
class DataprepRequest:
    """Files or links to be ingested, and how to cut them; `link_list` is a JSON list in a string."""

    files: Files = None
    link_list: Text = None
    chunk_size: Number = 1500
    chunk_overlap: Number = 100
    process_table: Flag = False
    table_strategy: Text = "fast"


@dataclass
class RedisDataprepRequest(DataprepRequest):
    """The same, into a named index."""

    index_name: Text = None


@dataclass
class Neo4jDataprepRequest(DataprepRequest):
    """The same, or from the graph that is already there."""

    ingest_from_graphDB: Annotated[bool, Form()] = False


@dataclass
class ArangoDBDataprepRequest(DataprepRequest):
    """The same, and how the graph is drawn from the text."""

    graph_name: Text = None
    insert_async: Flag = None
    insert_batch_size: Number = None
    embed_nodes: Flag = None
    embed_edges: Flag = None
    embed_chunks: Flag = None
    allowed_node_types: Texts = None
    allowed_edge_types: Texts = None
    node_properties: Texts = None
    edge_properties: Texts = None
    text_capitalization_strategy: Text = None
    include_chunks: Flag = None
