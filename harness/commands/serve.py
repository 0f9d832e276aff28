"""`opea-harness serve SCENARIO`: keep the stack standing and print its URLs."""

import asyncio
import sys
from dataclasses import replace
from typing import Any

import click

from harness.commands.megaservice import chosen, megaservice
from harness.commands.options import run_to_end, scratch, shared, targets
from harness.commands.standing import tell_ready, until_let_go
from harness.commands.steps import Steps
from harness.errors import UsageError
from harness.scenario import Scenario
from harness.stack.ingest import ingest
from harness.stack.stack import Keeping, Where, raised, stand

LOCAL_ONLY = "a gateway of yours stands already; `serve` raises one of ours (--gateway reference), or with --write-env all that yours calls"


@click.command(epilog="Example: opea-harness serve rag --port 8888")
@megaservice
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The gateway's port; a free one if not given."
)
@targets
@shared
def serve(scenario: str | None, port: int, **options: Any) -> int:
    """Keep the stack of SCENARIO standing until Ctrl-C and print the address of every part."""
    found, where = chosen(scenario, options)
    if where.is_attached:
        raise UsageError(f"--gateway {where.gateway}: {LOCAL_ONLY}")
    # A gateway of somebody else's may come when it will.
    placed = replace(where, port=port, boot_limit_s=0.0 if where.write_env else where.boot_limit_s)
    with scratch() as folder:
        try:
            progress = Steps(sys.stderr, quiet=options["quiet"] or options["as_json"])
            keeping = Keeping(folder, seed=options["seed"])
            run_to_end(_serve(found, placed, keeping, progress, as_json=options["as_json"]))
        except KeyboardInterrupt:
            return 0
    return 0


async def _serve(
    scenario: Scenario, where: Where, keeping: Keeping, progress: Steps, *, as_json: bool
) -> None:
    async with raised(scenario, where, keeping, progress) as stack:
        await ingest(stack)
        if where.write_env and not as_json:
            words = f"{where.write_env} says where the nodes are; start your megaservice with it."
            click.echo(f"\n{words}", err=True)
        image = {"image": stack.image} if stack.image and not as_json else {}
        tell_ready({**stack.urls, **image}, as_json=as_json)
        await until_let_go(stand(stack, ended := asyncio.Event()), ended, as_json=as_json)
