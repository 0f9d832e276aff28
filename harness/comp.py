"""What one OPEA microservice promises: routes, shapes, and the laws that shapes cannot say.

A comp file in `mocks/` defines `COMPS`, a tuple of `Comp`. Contract and mock are one thing: the function that
answers for the mock stands in the endpoint whose contract it must keep. Everything else (the mock server, the
verifier, generated inputs, load payloads, the documentation) is computed from this data.

    class Greeting(BaseModel): ...
    class Greeted(BaseModel): ...

    def greet(request: Greeting, world: World) -> Greeted: ...

    COMPS = (Comp(id="greeters", title="opea_service@greeter", port=6001,
                  endpoints=(Endpoint("/v1/greet", greet, variants=(Variant("greeting", Greeting, Greeted,
                             examples=(Example("ada", {"name": "Ada"}),)),),
                             evidence="source-only", source="comps/greeters/src/x.py"),)),)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import RLock
from typing import Any, Literal, TypeVar

Dialect = Literal[
    "openai", "py_bytes", "raw_delta", "json_ops", "py_repr", "raw_text", "ndjson", "tgi", "agent_lines"
]
Evidence = Literal["recorded", "executed", "source-only"]
BodyKind = Literal["json", "form", "query", "none"]
Engine = Literal["vllm", "tgi"]
Made = TypeVar("Made")

FRAMEWORK_PATHS = ("/v1/health_check", "/health", "/v1/statistics", "/metrics", "/openapi.json")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    name: str
    content: bytes
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Example:
    """One request and what is known of its answer.

    `request` is the JSON body, the form's fields or the query's parameters, as the endpoint's `body` says; `files` maps form
    fields to uploads; `path` maps path parameters. `reply` is a subset that the answer's JSON must hold
    (None: only status, shape and laws are checked). An example with a status of 400 or more shows a refusal.
    `after` are requests to the same comp that are sent before it, because it speaks of what they make.
    """

    name: str
    request: object = None
    reply: object = None
    status: int = 200
    files: Mapping[str, Upload | tuple[Upload, ...]] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    after: "tuple[Before, ...]" = ()


@dataclass(frozen=True, slots=True)
class Before:
    """A request that is put before an example's own: the example `sends` to the endpoint `key` (`POST /v1/threads`).

    `$name` in the path and request of what follows stands for what it answered: the field `pick` of its JSON (`a.b`, or a
    place in a list: `-1`), or, where that is empty, all of it.
    """

    name: str
    key: str
    sends: Example
    pick: str = "id"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What a comp remembers: `make` gives an id by which `read` shows what was made, until `remove` takes it away, if anything does.

    Each is an endpoint's key and the example that is sent to it, in which `$text` stands for a text of its own, and `$id` for the id:
    the field `pick` of what `make` answers (empty: all of it; `$text`: the text itself). What was removed is `gone` for `read`: a
    status, or 200 for a list that no longer shows it; with `gone_says` it is still shown, and these words with it. With `alone` a
    `read` shows nothing that was made beside. `maker` is the comp that makes and removes, where that is another one.
    """

    id: str
    make: "tuple[str, Example]"
    read: "tuple[str, Example]"
    remove: "tuple[str, Example] | None" = None
    pick: str = ""
    gone: int = 404
    gone_says: str = ""
    alone: bool = False
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """What must hold between a request and its reply: `broken(request, reply)` says what is wrong, or None.

    Both arguments are plain JSON values (a streamed reply: `{"text": all deltas}`; bytes: `{"content_type", "base64"}`).
    """

    id: str
    says: str
    broken: Callable[[Any, Any], str | None]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the contracts on a route: a request model, its reply model, and how its stream speaks.

    `request` None means no body. `reply` is a pydantic model, a list type such as `list[list[float]]`, `bytes` for binary, or
    None for an empty or untyped body. `dialect` is that of the streamed reply; `streams` is merged into a request to ask for
    a stream (None: this variant never streams; `{}`: it always does).
    """

    name: str
    request: Any
    reply: Any
    examples: tuple[Example, ...]
    laws: tuple[Law, ...] = ()
    dialect: Dialect | None = None
    streams: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where the real comp is known to do other than promised: what sets it off, what it then answers, and why.

    `status`, `body` and `content_type` are the reply under `--like-upstream`; the verifier reports such an answer as a known deviation, not as green.
    What sets it off is asked with None for a body that cannot be read, which reaches only comps that read their JSON themselves.
    With `instead_of` it only ever takes the place of a refusal of that status (200: of an answer): what sets it off is then also
    what the comp has in store (an id that it does not know), which the request alone does not tell.
    With `taken_as` it is an answer like any other, but to `taken_as(request)`: what the comp passes over is not in it, or a text that
    is no request is read as one.
    `where(settings)` says under which settings it is so; a verifier cannot see them, and allows for it under any.
    """

    id: str
    says: str
    applies: Callable[[Any], bool]
    status: int
    body: bytes = b"Internal Server Error"
    content_type: str = "text/plain; charset=utf-8"
    instead_of: int = 0
    taken_as: Callable[[Any], Any] | None = None
    where: Callable[[Mapping[str, str]], bool] | None = None

    def is_set_off(self, request: Any) -> bool:
        """Whether this request sets it off; one of another shape than it asks about does not."""
        try:
            return self.applies(request)
        except (KeyError, IndexError, TypeError, AttributeError):
            return False


@dataclass(frozen=True, slots=True)
class Stream:
    """A reply sent event by event; every item is the bytes of one event with its framing.

    `head` goes out with the first token, `tail` holds what follows the last one, the dialect's end mark included.
    `prompt_tokens` and `finish_reason` are what a model server counts of it.
    """

    dialect: Dialect
    head: tuple[bytes, ...]
    tokens: tuple[bytes, ...]
    tail: tuple[bytes, ...]
    content_type: str = "text/event-stream; charset=utf-8"
    prompt_tokens: int = 0
    finish_reason: str = "stop"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A whole reply that does not tell its tokens itself, as OpenAI's `usage` does: how many were read and said, and why it ended."""

    reply: object
    prompt_tokens: int
    tokens: int
    finish_reason: str = "stop"


@dataclass(frozen=True, slots=True)
class Binary:
    """A reply that is not JSON; one in chunks does not tell its length."""

    content: bytes
    content_type: str
    status: int = 200
    in_chunks: bool = False


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """What an answer function raises to refuse a request: a status of 400 and more, and a reason in `detail`."""

    def __init__(self, status: int, detail: object, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


@dataclass(slots=True)
class World:
    """What the mocks of one process share: a seed, settings, and named stores (dataprep fills what the retriever searches).

    `store(name, make)` gives the store of that name, made on first use. `settings` are a comp's environment (`INDEX_NAME`, ...),
    given by the stack. `random(*key)` is the same generator for the same key and seed.
    """

    seed: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    _stores: dict[str, Any] = field(default_factory=dict, init=False)
    _making: Any = field(default_factory=RLock, init=False, repr=False, compare=False)

    def store(self, name: str, make: Callable[[], Made]) -> Made:
        """The shared store of this name; `make` builds it the first time."""
        if name not in self._stores:
            with self._making:  # Answers that wait for a database are given in threads.
                if name not in self._stores:
                    self._stores[name] = make()
        found: Made = self._stores[name]
        return found

    def close(self) -> None:
        """Close every store that can be closed, because the mocks end."""
        for store in self._stores.values():
            if callable(close := getattr(store, "close", None)):
                close()

    def random(self, *key: object) -> Random:
        """A generator that depends on the seed and the key alone."""
        return Random(f"{self.seed}:{key!r}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route, who answers it, and what is promised about it.

    `answer(request, world)` gets a validated model (the union of the variants' requests, tried as pydantic's smart mode does;
    with `body` "form": a mapping of fields to str or `Upload`s; with "none": None) and gives a model, a JSON value, `Stream`,
    `Spoken`, `Binary`, or raises `Refusal`. A path with `{parameters}`: `answer(request, world, **parameters)`.
    `source` is the upstream file at GenAIComps commit 8130a3f, or the server's project; `handler` the function in it, after which
    OpenAPI documents name the operation. With `any_type` JSON is read whatever type it is said to be. `refuses(words)` is the
    reply to what is no request, where that is not FastAPI's. `declares` is the type of reply that upstream's document tells where that is another than
    the variants' (`Any`: none); a mock's own tells it under `--like-upstream`.
    """

    path: str
    answer: Callable[..., Any]
    variants: tuple[Variant, ...]
    evidence: Evidence
    source: str
    method: str = "POST"
    body: BodyKind = "json"
    any_type: bool = False
    refuses: Callable[[str], Binary] | None = None
    reply_type: str = "application/json"
    handler: str = ""
    declares: Any = None
    known: tuple[Deviation, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`POST /v1/embeddings`."""
        return f"{self.method} {self.path}"

    @property
    def slug(self) -> str:
        """The path as check ids spell it: `v1-embeddings`; other methods than POST are named: `get-info`."""
        path = self.path.strip("/").replace("/", "-").replace("{", "").replace("}", "").lower() or "root"
        return path if self.method == "POST" else f"{self.method.lower()}-{path}"


@dataclass(frozen=True, slots=True)
class Comp:
    """One OPEA microservice, or a third-party server that OPEA's graphs call.

    `id` is the GenAIComps folder and service (`guardrails.bias_detection`, `embeddings`, `third_parties.tei`). `title` is what
    `/v1/health_check` says; `framework` tells whether OPEA's side endpoints (`FRAMEWORK_PATHS`) are there.
    `validation_status` is what a request that is no request gets (422 for FastAPI).
    `ready` is the path of a contract request that a ready service answers with 200 (GET).
    `counts_also` are further names under which `/v1/statistics` tells the same figures.
    `engine` is the model server whose metrics are at `/metrics`, where it is one. `needs` maps each variable by which its image is told
    where another comp is to that comp. `known_of_image` are the checks of an image that the real one is known to fail (by kind:
    `image.user`), and why.
    """

    id: str
    title: str
    port: int
    endpoints: tuple[Endpoint, ...]
    service_type: str = "UNDEFINED"
    image: str = ""
    framework: bool = True
    description: str = "OPEA Microservice Infrastructure"
    statistics: bool = True
    validation_status: int = 422
    ready: str = "/v1/health_check"
    depends_on: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    lifecycles: tuple[Lifecycle, ...] = ()
    engine: Engine | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    known_of_image: Mapping[str, str] = field(default_factory=dict)
    counts_also: tuple[str, ...] = ()

    def endpoint(self, path: str, method: str = "POST") -> Endpoint | None:
        """The endpoint of this path and method, or None."""
        return next((e for e in self.endpoints if e.path == path and e.method == method), None)


def nearest(comps: Sequence[Comp], method: str, path: str) -> str:
    """The promised route most like this one, as `POST /v1/bias`; what an error names when a route is unknown."""
    from difflib import SequenceMatcher

    routes = [endpoint.key for comp in comps for endpoint in comp.endpoints]
    return max(
        routes, key=lambda route: SequenceMatcher(None, route, f"{method} {path}").ratio(), default="none"
    )
