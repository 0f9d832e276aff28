"""`opea-harness up NAME`: a set of services in containers, standing until Ctrl-C."""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import click

from harness.commands.compose import compose_options
from harness.commands.containers import image_map, of_images_chosen, patient
from harness.commands.options import run_to_end, scratch, shared
from harness.commands.standing import tell_ready, until_let_go, watched
from harness.commands.steps import Steps
from harness.composition.images import genuine_share
from harness.discovery import COMP, SCENARIO, discover
from harness.errors import StackError, UsageError
from harness.service import Composition


@click.command(
    epilog="Example: opea-harness up seed, or opea-harness up -f compose.yaml --node vllm-service=mock"
)
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "-f",
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A compose file in the place of NAME; may be given again, each over those before it.",
)
@compose_options
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="SERVICE=mock|mock:COMP|URL|IMAGE|none",
    help="What stands in the place of a service of FILE; may be given again.",
)
@of_images_chosen
@click.option(
    "--logs",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the containers' logs are kept. [default: nowhere, once they are gone]",
)
@shared
def up(name: str | None, **options: Any) -> int:
    """Raise the services of NAME, or of a compose FILE, in containers, in the order in which they need each other, and print where each is.

    A service is ready when it has answered a request of its contract. They stand until Ctrl-C, which takes all down again.
    """
    if (name is None) == (not options["files"]):
        raise UsageError(
            f"NAME, or -f FILE, says what is raised; {'both are' if name else 'neither is'} given"
        )
    with scratch() as folder:
        logs = options["logs"] or folder
        if name is None:
            from harness.commands.composed import project_of
            from harness.commands.up_compose import up_project

            raising = up_project(project_of(options["files"], options), logs, options)
        else:
            raising = _up(patient(find_composition(name, options["folders"]), options), logs, options)
        try:
            run_to_end(raising)
        except KeyboardInterrupt:
            return 0
    return 0


def find_composition(name: str, folders: Iterable[Path]) -> Composition:
    """The composition of this name among those of the scenarios; raises UsageError that names what there is."""
    scenarios = discover(SCENARIO, tuple(folders)).values()
    found = {each.composition.name: each.composition for each in scenarios if each.composition}
    if name not in found:
        raise UsageError(f"{name}: there is no such set of services; there are {', '.join(sorted(found))}")
    return found[name]


async def _up(composition: Composition, logs: Path, options: Mapping[str, Any]) -> None:
    images = image_map(options)
    with Steps(sys.stderr, quiet=options["quiet"]) as progress:
        async with AsyncExitStack() as stack:
            from harness.composition.raising import Means, raised
            from harness.containers.engine import connect
            from harness.containers.leftovers import sweep

            try:
                engine = connect()
            except StackError as error:
                raise StackError(f"up {composition.name}: stands in containers, but {error}") from None
            stack.enter_context(closing(engine))
            await asyncio.to_thread(sweep, engine)
            share = genuine_share([each.image for each in composition.services], images)
            progress.say(
                f"{composition.name}: {len(composition.services)} containers, genuine images: {share}"
            )
            means = Means(discover(COMP, tuple(options["folders"])), logs, images, pull=options["pull"])
            progress.begin(composition.name, len(composition.services))
            running = await stack.enter_async_context(raised(engine, composition, means, progress))
            progress.end()
            tell_ready(running.urls, as_json=options["as_json"])
            ended = asyncio.Event()
            await until_let_go(watched(lambda: running.ended, ended), ended, as_json=options["as_json"])
