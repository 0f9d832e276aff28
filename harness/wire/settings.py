"""What a process of wires is told: one JSON object."""

from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.comp import Dialect
from harness.errors import StackError
from harness.journal import KEEP_BYTES
from harness.wire.listener import LOOPBACK


class WireSettings(BaseModel):
    """One wire: the node it stands before, where that is, and how it streams."""

    model_config = ConfigDict(frozen=True)

    node: str
    upstream: str
    comp: str = ""
    dialect: Dialect = "openai"
    streams: bool = False
    port: int = Field(default=0, ge=0, le=65535)


class Settings(BaseModel):
    """All wires of a process and what they report to.

    `otlp` is where spans go, `journal` the file of exchanges, `folders` are searched for faults before the bundled ones. The wires listen
    on `host`, what speaks for all of them on loopback alone.
    """

    model_config = ConfigDict(frozen=True)

    wires: tuple[WireSettings, ...]
    otlp: str | None = None
    journal: Path | None = None
    keep_bytes: int = Field(default=KEEP_BYTES, ge=0)
    run_id: str = ""
    folders: tuple[Path, ...] = ()
    host: str = LOOPBACK


def parse(document: bytes) -> Settings:
    """The settings that a JSON object says; raises StackError with the first thing that is wrong."""
    try:
        settings = Settings.model_validate(orjson.loads(document))
    except orjson.JSONDecodeError as error:
        raise StackError(f"wires: the configuration is no JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"]) or "the configuration"
        raise StackError(f"wires: {where}: {first['msg']}, seen {str(first['input'])[:80]!r}") from error
    names = [wire.node for wire in settings.wires]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StackError(f"wires: node {twice[0]} stands twice; a node has one wire")
    return settings
