"""What several commands share: options, where a stack's parts are, and how a coroutine is run to its end."""

import asyncio
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from harness.commands.grouping import AS_JSON, QUIET, grouped
from harness.commands.pairs import pair
from harness.commands.told import checked, is_loopback, is_url, telling, told
from harness.discovery import SCENARIO, discover
from harness.errors import UsageError
from harness.gateway.environment import Environment, built, environment
from harness.jaeger.binary import built as jaeger_built
from harness.nearest import names_there_are
from harness.scenario import Scenario
from harness.stack.where import JAEGERS, PGVECTOR, Where, shown

NODE_FORM = "NAME=mock|pgvector|URL|IMAGE, such as llm=http://127.0.0.1:9000"
Result = TypeVar("Result")


class Positive(click.FloatRange):
    """A number above 0 that is one: neither infinite nor nan."""

    name = "number above 0"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; fails where it is none of these."""
        number: float = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number


RUNS_DIR = click.option(
    "--runs-dir",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Where runs are kept.",
)


# --json, --quiet, --seed and --path, which every command takes.
shared = grouped(
    AS_JSON,
    QUIET,
    click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="Same seed, same questions and fault order.",
    ),
    click.option(
        "--path",
        "folders",
        type=click.Path(path_type=Path),
        multiple=True,
        help="A folder with comps, scenarios or faults of your own; may be given again.",
    ),
)


# --gateway, --node, --jaeger and --like-upstream: where the parts of the stack are.
targets = grouped(
    click.option(
        "--gateway",
        default="reference",
        show_default=True,
        metavar="reference|opea|URL|IMAGE",
        help="Whose orchestrator answers: ours, the real opea-comps, one that runs already, or a container of an image.",
    ),
    click.option(
        "--node",
        "nodes",
        multiple=True,
        metavar="NAME=mock|pgvector|URL|IMAGE",
        help="Where a node is; may be given again. All others are mocks. pgvector: its mock keeps vectors in PostgreSQL. "
        "IMAGE: a container of it.",
    ),
    click.option(
        "--jaeger",
        default="embedded",
        show_default=True,
        metavar="embedded|process|container|none|URL",
        help="Where traces go and are read from: our own store, a real Jaeger of ours, none, or one that runs already.",
    ),
    click.option(
        "--like-upstream",
        is_flag=True,
        help="Mocks answer as the real comps are known to, not as promised.",
    ),
    told,
)


def find_scenario(name: str, folders: Iterable[Path]) -> Scenario:
    """The scenario of this name; raises UsageError that names those that there are."""
    scenarios = discover(SCENARIO, tuple(folders))
    if name not in scenarios:
        raise UsageError(f"{name}: there is no such scenario; {names_there_are(name, scenarios)}")
    return scenarios[name]


def foreign(where: Where) -> list[str]:
    """The addresses of what the harness did not start."""
    places = (place for place in where.nodes.values() if "://" in place)
    return [shown(url) for url in (where.gateway_url, *places) if url]


def all_here(urls: Iterable[str]) -> bool:
    """Do all addresses stay on this machine?"""
    return all(map(is_loopback, urls))


def find_where(options: Mapping[str, Any]) -> Where:
    """The target options as a `Where`; raises UsageError for one that makes no sense."""
    gateway = checked(options["gateway"])
    jaeger: str = options["jaeger"]
    if jaeger not in JAEGERS and not is_url(jaeger):
        raise UsageError(
            f"--jaeger {jaeger}: is none of `embedded`, `process`, `container`, `none` and a URL such as http://127.0.0.1:16686"
        )
    return Where(
        gateway=gateway,
        nodes=dict(pair("--node", each, NODE_FORM) for each in options["nodes"]),
        folders=tuple(options["folders"]),
        jaeger=jaeger,
        jaeger_program=jaeger_built(cache_of(options)).program if jaeger == "process" else None,
        like_upstream=options["like_upstream"],
        opea=built(cache_of(options)) if gateway == "opea" else None,
        **telling(options),
        vectors=PGVECTOR,
        cache=cache_of(options),
    )


def opea_there(options: Mapping[str, Any]) -> Environment | None:
    """The environment with opea-comps, where it is built."""
    found = environment(cache_of(options))
    return found if found.is_built else None


def cache_of(options: Mapping[str, Any]) -> Path:
    """The harness's cache: what was given with the options, or what the command line found when it began."""
    given = options.get("cache") or click.get_current_context().find_object(Path)
    assert isinstance(given, Path)
    return given


def header_pairs(given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """`NAME:VALUE` options as pairs; raises UsageError for one that is none."""
    pairs = []
    for each in given:
        name, colon, value = each.partition(":")
        if not (name.strip() and colon):
            raise UsageError(f"--header {each}: is no NAME:VALUE, such as 'Authorization: Bearer ...'")
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def emit(document: object) -> None:
    """Print one JSON document on standard output; a reader who leaves before its end changes nothing."""
    try:
        sys.stdout.buffer.write(
            orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        to_nobody()


def to_nobody() -> None:
    """Send standard output nowhere from here on, because its reader has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_piped() -> bool:
    """Is standard input a pipe, held by the program that started us, whose end is ours too?"""
    mode = os.fstat(0).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder, gone afterwards; if we are killed, `clean` knows by its name whose it was."""
    from harness.owner import this_process

    with tempfile.TemporaryDirectory(prefix=this_process().prefix) as folder:
        yield Path(folder)


def run_to_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run it on a loop of its own; SIGINT, SIGTERM and SIGHUP cancel it, so that it cleans up, and raise KeyboardInterrupt."""
    from harness.console import ENDINGS

    before = {number: signal.getsignal(number) for number in ENDINGS}
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            return runner.run(_until_signal(coroutine, before))
    finally:
        for number, handler in before.items():  # A loop that ends leaves the system's own behind.
            signal.signal(number, handler)


async def _until_signal(coroutine: Coroutine[Any, Any, Result], numbers: Iterable[signal.Signals]) -> Result:
    loop = asyncio.get_running_loop()
    task = loop.create_task(coroutine)
    stopped: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        if not stopped:
            task.cancel()
        stopped.append(number)

    for number in numbers:
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if stopped:
            raise KeyboardInterrupt from None
        raise


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # There is none for Windows.
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
