"""`opea-harness doctor`: what is wrong with a stack that runs, which service and why; it looks and changes nothing."""

from pathlib import Path
from typing import Any

import click

from harness.commands.addresses import addresses
from harness.commands.diagnosis import tell
from harness.commands.options import Positive, find_scenario, run_to_end, shared
from harness.discovery import COMP, discover
from harness.doctor.asking import WAIT_S
from harness.doctor.case import Case
from harness.doctor.diagnose import diagnose
from harness.doctor.engine import engine_address
from harness.doctor.reading import Look, look_at
from harness.errors import UsageError
from harness.lint.megaservice import read_megaservice


@click.command(
    epilog="Example: opea-harness doctor    or: opea-harness doctor --gateway http://127.0.0.1:8888"
)
@click.argument("names", nargs=-1, metavar="[PROJECT|CONTAINER]...")
@click.option(
    "--node", "nodes", multiple=True, metavar="NAME=URL", help="Where a node is; may be given again."
)
@click.option("--gateway", metavar="URL", help="Where the megaservice is; it is asked one question.")
@click.option("--jaeger", metavar="URL", help="Where Jaeger's page is.")
@click.option("--scenario", default="rag", show_default=True, help="Whose node names these are.")
@click.option(
    "--megaservice",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The megaservice's file: its routes are compared.",
)
@click.option(
    "--wait",
    default=WAIT_S,
    show_default=True,
    type=Positive(),
    help="Seconds that a request may take; after 10, who does not answer hangs.",
)
@click.option("--passive", is_flag=True, help="Only look: put no request of a contract, ask no question.")
@click.option(
    "--docker-host",
    envvar="DOCKER_HOST",
    default="",
    metavar="ADDRESS",
    help="Where Docker is (default: as Docker's own client).",
)
@click.option("--docker-context", envvar="DOCKER_CONTEXT", default="", hidden=True)
@shared
def doctor(names: tuple[str, ...], **options: Any) -> int:
    """Say what is wrong with a stack that already runs, and why: which service, what shows it, what to do.

    Without names: the containers of whatever compose project has an image of OPEA's. With addresses, Docker is not needed.
    """
    folders = tuple(options["folders"])
    comps = discover(COMP, folders)
    scenario = find_scenario(options["scenario"], folders)
    wanted = tuple(addresses(options, comps, scenario))
    megaservices = tuple(read_megaservice(_file(path)) for path in options["files"])
    asked = Look(names, wanted, comps, folders, is_passive=options["passive"], wait_s=options["wait"])
    address = engine_address(options["docker_host"], options["docker_context"], Path.home())
    needs_docker = bool(names) or not wanted
    found = diagnose(Case(run_to_end(look_at(asked, address if needs_docker else "")), megaservices, folders))
    tell(found, is_json=options["as_json"], is_quiet=options["quiet"])
    return found.exit_code


def _file(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"--megaservice {path}: is no file; it is a megaservice's Python file")
    return path
