"""`opea-harness mock COMP...`: serve contract mocks."""

import asyncio
from typing import Any

import click

from harness.commands.options import run_to_end, shared
from harness.commands.standing import tell_ready, until_let_go
from harness.comp import World
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.mocking.behaviour import Behaviour
from harness.mocking.serving import HOST, serving
from harness.mocking.spec import Spec, mocks
from harness.scenario import Latency

PORT_MAX = 65535
PACE = Latency(token_ms=3.0)  # Tokens that are said all at once arrive in a lump, which is no streaming.


@click.command(epilog="Example: opea-harness mock embeddings retrievers --port 6000")
@click.argument("comp", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Serve every comp there is.")
@click.option(
    "--port",
    type=click.IntRange(0, PORT_MAX),
    default=0,
    help="The first comp's port, the others' follow; free ones if not given.",
)
@click.option("--opea-ports", is_flag=True, help="Serve each on the port that OPEA gives it.")
@click.option("--host", default=HOST, show_default=True, help="The address to listen on.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the comps, as their environment gives it; once for each.",
)
@click.option("--like-upstream", is_flag=True, help="Answer as the real comp is known to, not as promised.")
@shared
def mock(comp: tuple[str, ...], port: int, **options: Any) -> int:
    """Serve the mock of each COMP on loopback until Ctrl-C and print its address."""
    comps = discover(COMP, tuple(options["folders"]))
    names = tuple(comps) if options["everything"] else comp
    if port and options["opea_ports"]:
        raise UsageError(f"mock: --port {port} and --opea-ports both say where; give one of them")
    if not names:
        raise UsageError("mock: names no comp; give one or more (`opea-harness comps` lists them) or --all")
    if port and port + len(names) - 1 > PORT_MAX:
        beyond = names[PORT_MAX + 1 - port]
        raise UsageError(f"{beyond}: would need port {PORT_MAX + 1}; the last one is {PORT_MAX}")
    behaviour = Behaviour(latency=PACE, like_upstream=options["like_upstream"])
    ports = [port + place if port else 0 for place in range(len(names))]
    if options["opea_ports"]:
        ports = [comps[name].port if name in comps else 0 for name in names]
    specs = [Spec(name, port=port, behaviour=behaviour) for name, port in zip(names, ports, strict=True)]
    try:
        run_to_end(_serve(specs, World(options["seed"], _settings(options["settings"])), options))
    except KeyboardInterrupt:
        return 0
    return 0


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    """The settings by name; raises UsageError for one without a value."""
    for each in given:
        if "=" not in each:
            raise UsageError(f"--set {each}: names no value; it is NAME=VALUE, such as LLM_MODEL_ID=mine")
    return dict(each.split("=", 1) for each in given)


async def _serve(specs: list[Spec], world: World, options: dict[str, Any]) -> None:
    served = mocks(specs, world, tuple(options["folders"]))
    async with serving(served, [spec.port for spec in specs], host=options["host"]) as urls:
        tell_ready(urls, as_json=options["as_json"])
        ended = asyncio.Event()
        await until_let_go(ended.wait(), ended, as_json=options["as_json"])
