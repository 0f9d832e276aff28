"""`opea-harness doctor`: what is wrong with a stack that runs, which service and why; it looks and changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import httpx

from harness.commands.options import emit, find_scenario, run_to_end
from harness.comp import Comp
from harness.discovery import COMP, discover
from harness.doctor.asking import Wanted
from harness.doctor.case import Case
from harness.doctor.diagnose import Diagnosis, diagnose
from harness.doctor.engine import connected, engine_address
from harness.doctor.finding import Finding
from harness.doctor.reading import Look, look
from harness.doctor.seen import Seen
from harness.errors import StackError, UsageError
from harness.lint.megaservice import read_megaservice
from harness.scenario import Scenario

ENGINE_LIMIT_S = 4.0


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
@click.option("--passive", is_flag=True, help="Only look: put no request of a contract, ask no question.")
@click.option(
    "--docker-host",
    envvar="DOCKER_HOST",
    default="",
    metavar="ADDRESS",
    help="Where Docker is (default: as Docker's own client).",
)
@click.option("--docker-context", envvar="DOCKER_CONTEXT", default="", hidden=True)
@click.option("--quiet", is_flag=True, help="One line a finding.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option(
    "--path",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder with comps or scenarios of your own; may be given again.",
)
def doctor(names: tuple[str, ...], **options: Any) -> int:
    """Say what is wrong with a stack that already runs, and why: which service, what shows it, what to do.

    Without names: the containers of whatever compose project has an image of OPEA's. With addresses, Docker is not needed.
    """
    folders = tuple(options["folders"])
    comps = discover(COMP, folders)
    scenario = find_scenario(options["scenario"], folders)
    wanted = tuple(_wanted(options, comps, scenario))
    megaservices = tuple(read_megaservice(_file(path)) for path in options["files"])
    asked = Look(names, wanted, comps, folders, is_passive=options["passive"])
    address = engine_address(options["docker_host"], options["docker_context"], Path.home())
    needs_docker = bool(names) or not wanted
    found = diagnose(Case(run_to_end(_seen(asked, address if needs_docker else "")), megaservices, folders))
    _tell(found, options)
    return found.exit_code


async def _seen(asked: Look, address: str) -> Seen:
    if not address:
        return await look(asked, None)
    try:
        async with connected(address, ENGINE_LIMIT_S) as engine:
            return await look(asked, engine)
    except httpx.HTTPError as error:
        raise StackError(
            f"Docker: the engine at {address} broke off: {type(error).__name__}: {error}; ask again"
        ) from error


def _file(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"--megaservice {path}: is no file; it is a megaservice's Python file")
    return path


def _wanted(options: Mapping[str, Any], comps: Mapping[str, Comp], scenario: Scenario) -> list[Wanted]:
    """The addresses that were given; raises UsageError for one that is none."""
    megaservice = scenario.megaservice
    nodes = {node.name: node for node in (*megaservice.nodes, *megaservice.support)}
    wanted = []
    for given in options["nodes"]:
        name, equals, url = given.partition("=")
        if not (name and equals):
            raise UsageError(f"--node {given}: is no NAME=URL, such as llm=http://127.0.0.1:9000")
        node = nodes.get(name)
        comp = comps.get(node.comp if node else name)
        wanted.append(Wanted(name, "node", _url("--node", url), comp, node.path if node else ""))
    if options["gateway"]:
        question = scenario.ask("What is OPEA?", True)  # noqa: FBT003 - a scenario's own signature
        url = _url("--gateway", options["gateway"])
        wanted.append(Wanted("gateway", "gateway", url, path=megaservice.path, question=question))
    if options["jaeger"]:
        wanted.append(Wanted("jaeger", "jaeger", _url("--jaeger", options["jaeger"])))
    return wanted


def _url(option: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{option} {text}: is no URL such as http://127.0.0.1:8888")
    return text.rstrip("/")


def _tell(found: Diagnosis, options: Mapping[str, Any]) -> None:
    if options["as_json"]:
        emit({**asdict(found), "exit_code": found.exit_code})
        return
    if options["quiet"]:
        for each in found.findings:
            click.echo(f"{each.service}: {each.what} [{each.id}]")
        return
    _print("red", found.findings)
    _print("yellow", found.doubts)
    for line in found.unseen:
        click.echo(f"not seen: {line}")
    for line in found.notes:
        click.echo(f"note: {line}")
    click.echo(_sum(found))


def _print(colour: str, findings: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    for each in findings:
        console.print(f"[bold]{escape(each.service)}[/]: [{colour}]{escape(each.what)}[/]")
        for line in each.evidence:
            console.print(f"  [dim]seen:[/] {escape(line)}")
        console.print(f"  [dim]fix:[/] {escape(each.fix)} [dim]({each.id})[/]")


def _sum(found: Diagnosis) -> str:
    count = len(found.looked_at)
    looked = f"{count} service{'' if count == 1 else 's'} looked at"
    if found.findings:
        return f"{looked}, {len(found.findings)} found"
    doubtful = len(found.doubts) + len(found.unseen)
    return f"{looked}, nothing found" + (f", {doubtful} could not be told" if doubtful else "")
