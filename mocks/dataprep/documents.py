"""Documents: uploads are cut into chunks and put where the retriever searches; files can be listed and taken out."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import BaseModel

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Lifecycle, Refusal, Upload, Variant, World
from mocks._store import Chunk, index_name, store_of

SOURCE = "comps/dataprep/src/opea_dataprep_microservice.py"
REDIS = "OPEA_DATAPREP_REDIS"  # Upstream's default.
PGVECTOR = "OPEA_DATAPREP_PGVECTOR"  # What was recorded, and stands in most stacks here: the mock's default.
QDRANT = "OPEA_DATAPREP_QDRANT"  # As VDMS and Neo4j it lists and removes nothing.
COMPONENT = "DATAPREP_COMPONENT_NAME"
CHUNK_CHARACTERS = 1500  # Upstream's defaults of chunk_size and chunk_overlap.
OVERLAP_CHARACTERS = 100
ALL = "all"
LINK_ENDING = ".txt"  # Under its address and this a link's text is kept.

TEXT_TYPES = frozenset({".txt", ".md", ".html", ".htm", ".xml", ".json", ".jsonl", ".yaml", ".csv", ""})
BINARY_TYPES = frozenset({".pdf", ".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx"})
STUMBLED_OVER = frozenset(
    {".htm", ".jsonl", ""}
)  # Of these types: upstream reads none of them, or no further than its lines.
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ufffd]{4,}")


class Listing(BaseModel):
    """Which index is meant."""

    is_embedded: ClassVar[bool] = True
    index_name: str | None = None


class Removal(BaseModel):
    """Which file is to go; `all` for every one."""

    is_embedded: ClassVar[bool] = True
    file_path: str
    index_name: str | None = None


class Ingested(BaseModel):
    """What ingestion says."""

    status: int
    message: str


class Removed(BaseModel):
    """What removal says."""

    status: bool


def ingest(form: dict[str, Any], world: World, *, component: str = "") -> Ingested:
    """Files or links into the index; a mock reads no link, it keeps the address itself as the text."""
    files = [each for each in many(form.get("files")) if isinstance(each, Upload)]
    links = form.get("link_list")
    if files and links:
        raise Refusal(400, "Provide either a file or a string list, not both.")
    if not files and not links:
        raise Refusal(400, "Must provide either a file or a string list.")
    is_redis = _is_redis(world, component)
    name = index_name(world, form.get("index_name") if is_redis else None)
    if name == ALL:
        raise Refusal(
            400,
            "'all' cannot be used as an index_name because it is reserved for specific functionality within the service.",
        )
    index = store_of(world).index(name)
    for file, text in [(each.name, _text(each)) for each in files] or [
        (f"{link}{LINK_ENDING}", str(link)) for link in _links(links)
    ]:
        if is_redis and file in index.files():
            words = (
                f"file {file} already exists. Please change file name"
                if files
                else f"link {text} already exists. Please change another link"
            )
            raise Refusal(400, f"Uploaded {words} or {'index name' if files else 'index_name'}.")
        index.add([Chunk(file, piece) for piece in chunks(text)])
    return Ingested(status=200, message="Data preparation succeeded")


def chunks(text: str) -> Iterator[str]:
    """The text in pieces of at most `CHUNK_CHARACTERS`, cut at blanks, each beginning with the end of the one before."""
    rest = text.strip()
    while len(rest) > CHUNK_CHARACTERS:
        cut = rest.rfind(" ", CHUNK_CHARACTERS // 2, CHUNK_CHARACTERS)
        cut = cut if cut > 0 else CHUNK_CHARACTERS
        yield rest[:cut]
        rest = rest[cut - OVERLAP_CHARACTERS :].strip()
    if rest:
        yield rest


def listing(request: Listing | None, world: World, *, component: str = "") -> list[dict[str, str]]:
    """Every file of an index; with redis each says its index, and `all` means every index."""
    wanted = request.index_name if request else None
    store = store_of(world)
    names = list(store.indices) if wanted == ALL else [index_name(world, wanted)]
    return [
        {
            "name": file,
            "id": file,
            "type": "File",
            "parent": "",
            **({"index_name": name} if _is_redis(world, component) else {}),
        }
        for name in names
        for file in store.index(name).files()
    ]


def remove(request: Removal, world: World, *, component: str = "") -> Removed:
    """Take a file out of an index, or everything; redis lets every index go where none is named."""
    store = store_of(world)
    index = store.index(index_name(world, request.index_name))
    if request.file_path == ALL:
        is_every = _is_redis(world, component) and request.index_name is None
        for each in [*store.indices.values()] if is_every else [index]:
            each.remove(None)
    elif not index.remove(request.file_path):
        words = "File not found in db file-keys. Please check file_path."
        raise Refusal(
            404, words if _is_redis(world, component) else "File/folder not found. Please check del_path."
        )
    return Removed(status=True)


def indices(request: None, world: World) -> list[str]:
    """The names of the indices that hold anything."""
    return [name for name, index in store_of(world).indices.items() if index.files()]


def _is_redis(world: World, component: str) -> bool:
    """Whether the comp's own component is redis, or, of one that has none of its own, the world's."""
    return (component or world.settings.get(COMPONENT, PGVECTOR)) == REDIS


def many(value: Any) -> tuple[Any, ...]:
    """A form's field as it may stand: not at all, once, several times."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _text(upload: Upload) -> str:
    """The text of a file; of a binary one, its printable runs."""
    ending = _ending(upload)
    if not _is_read(upload):
        raise Refusal(400, f"{upload.name}: files of type {ending} are not read")
    text = upload.content.decode("utf-8", "replace")
    return " ".join(PRINTABLE.findall(text)) if ending in BINARY_TYPES else text


def _ending(upload: Upload) -> str:
    return PurePosixPath(upload.name).suffix.lower()


def _is_read(file: Any) -> bool:
    return isinstance(file, Upload) and _ending(file) in TEXT_TYPES | BINARY_TYPES


def _is_ingested(given: Any) -> bool:
    """Whether upstream comes to an end with a file or a link: it knows types by small letters, and links are texts."""
    if not isinstance(given, Upload):
        return isinstance(given, str)
    return _ending(given) not in STUMBLED_OVER and given.name.endswith(_ending(given))


def _links(given: Any) -> list[Any]:
    try:
        links = json.loads(str(given))
    except json.JSONDecodeError:
        raise Refusal(400, "Invalid JSON format for link_list.") from None
    if not isinstance(links, list):
        raise Refusal(400, "link_list should be a list.")
    return links


def _entries_whole(request: Any, reply: Any) -> str | None:
    for at, entry in enumerate(reply):
        missing = {"name", "id", "type", "parent"} - set(entry)
        if missing:
            return f"[{at}]: lacks {sorted(missing)}"
    return None


def _names_index(body: Any) -> bool:
    return isinstance(body, dict) and bool(body.get("index_name"))


def _last_file(form: Any) -> Any:
    return {**form, "files": many(form["files"])[-1]}


def _not_redis(settings: Mapping[str, str]) -> bool:
    return settings.get(COMPONENT, PGVECTOR) != REDIS


NOTE = Upload("note.txt", b"Deep learning is a kind of machine learning.")
OTHER = Upload("other.md", b"# Bananas\n\nBananas are yellow.")

LISTED_UNTIL_DELETED = Lifecycle(
    "files",
    make=("POST /v1/dataprep/ingest", Example("made", files={"files": Upload("$text.txt", b"$text")})),
    read=("POST /v1/dataprep/get", Example("listed", {})),
    remove=("POST /v1/dataprep/delete", Example("removed", {"file_path": "$text.txt"})),
    pick="$text",
    gone=200,
)

FORM = (
    Example("file", files={"files": NOTE}, reply={"status": 200}),
    Example("other-file", files={"files": OTHER}, reply={"status": 200}),
    Example("links", {"link_list": '["https://www.example.org/"]'}, {"status": 200}),
    Example("nothing", {}, {"detail": "Must provide either a file or a string list."}, 400),
    Example("no-list", {"link_list": '"x"'}, {"detail": "link_list should be a list."}, 400),
)
LISTING = Variant(
    "listing",
    Listing | None,
    list[dict[str, str]],
    examples=(Example("default", {}), Example("all", {"index_name": "all"}), Example("no-body")),
    laws=(Law("entries-whole", "every entry has name, id, type and parent", _entries_whole),),
)
REMOVAL = Variant(
    "removal",
    Removal,
    Removed,
    examples=(
        Example("unknown", {"file_path": "no-such-file"}, status=404),
        Example("no-path", {}, status=422),
        Example("all", {"file_path": "all"}, {"status": True}),
    ),
)
NAMES = Variant("names", None, list[str], examples=(Example("names"), Example("again")))

INGESTING = (
    Deviation(
        "graph-name",
        "graph_name given is an internal error",
        lambda body: isinstance(body, dict) and bool(body.get("graph_name")),
        500,
    ),
    Deviation(
        "unread",
        "a file of a type that is not read, or one that is a text, is an internal error",
        lambda form: not all(_is_read(each) for each in many(form.get("files"))),
        500,
        instead_of=400,
    ),
    Deviation(
        "half-read",
        "a file of a type that is taken and not read through (.jsonl), or not known (.htm, .TXT), and a link that is no text are internal errors",
        lambda form: not all(map(_is_ingested, many(form.get("files")) or _links(form.get("link_list")))),
        500,
        instead_of=200,
    ),
    Deviation(
        "last-file",
        "of several files the last one alone is ingested",
        lambda form: len(many(form.get("files"))) > 1,
        200,
        taken_as=_last_file,
    ),
)
OTHER_SIGNS = Deviation(
    "other-signs",
    "a file whose name has other signs than letters, digits and _.-~ is never found by it but over redis",
    lambda body: quote(body["file_path"], safe="./") != body["file_path"] and "://" not in body["file_path"],
    404,
    b'{"detail":"File/folder not found. Please check del_path."}',
    "application/json",
    where=_not_redis,
)
FOLDER = Deviation(
    "folder",
    "the folder of all files is neither removed nor unknown: status is false",
    lambda body: not body["file_path"].strip("./"),
    200,
    b'{"status":false}',
    "application/json",
    instead_of=404,
)
INDEX_NAMED = Deviation(
    "index-name", "index_name is an internal error but for redis", _names_index, 500, where=_not_redis
)
REDIS_ONLY = Deviation(
    "redis-only", "it is an internal error but for redis", lambda _body: True, 500, where=_not_redis
)
LEFT_OUT = Deviation(
    "left-out",
    "Qdrant, VDMS and Neo4j list and remove nothing: null with 200",
    lambda _body: True,
    200,
    b"null",
    "application/json",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the component is known to do otherwise, by route."""

    ingest: tuple[Deviation, ...] = INGESTING
    listing: tuple[Deviation, ...] = (INDEX_NAMED,)
    removal: tuple[Deviation, ...] = (INDEX_NAMED, OTHER_SIGNS, FOLDER)
    indices: tuple[Deviation, ...] = (REDIS_ONLY,)


def _comp(name: str, component: str, known: Known, **more: Any) -> Comp:
    """The service over one of its components; without one, over that which its settings name."""

    def endpoint(
        path: str, answer: Any, variant: Variant, known: tuple[Deviation, ...], handler: str, **more: Any
    ) -> Endpoint:
        return Endpoint(
            f"/v1/dataprep/{path}", answer, (variant,), source=SOURCE, known=known, handler=handler, declares=Any,
            evidence="executed" if component else "recorded", **more,
        )  # fmt: skip

    return Comp(
        id=name,
        title="opea_service@dataprep",
        port=5000,
        service_type="DATAPREP",
        image="opea/dataprep:latest",
        settings={COMPONENT: component} if component else {},
        endpoints=(
            endpoint("ingest", partial(ingest, component=component), Variant("form", None, Ingested, FORM), known.ingest, "ingest_files", body="form", notes=NOTES),
            endpoint("get", partial(listing, component=component), LISTING, known.listing, "get_files"),
            endpoint("delete", partial(remove, component=component), REMOVAL, known.removal, "delete_files"),
            endpoint("indices", indices, NAMES, known.indices, "get_list_of_indices", body="none"),
        ),
        **more,
    )  # fmt: skip


NOTES = (
    "a JSON body counts as nothing given",
    "pgvector: of every batch of 32 chunks only the first is stored",
    "only the last of several files is ingested; here all are",
)
COMP = _comp("dataprep", "", Known(), lifecycles=(LISTED_UNTIL_DELETED,))
OF_QDRANT = _comp(
    "dataprep.qdrant", QDRANT, Known(listing=(INDEX_NAMED, LEFT_OUT), removal=(INDEX_NAMED, LEFT_OUT))
)
COMPS = (COMP, OF_QDRANT)
