"""`opea-harness validate TARGET --comp ID`: does what answers there, or an image once it is started, keep the comp's contract?"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from harness.commands.live import Live
from harness.commands.options import emit, run_to_end, scratch, shared
from harness.comp import Comp
from harness.contract.falsify import keep_in, require_hypothesis
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.images.examination import Examination, Finding, Target, examine
from harness.machine import command_line
from harness.nearest import names_there_are
from harness.progress import Progress, Silent
from reports.validation import as_text, document, write

URL_BOOT_S = 10.0
IMAGE_BOOT_S = 60.0


@click.command(
    epilog="Example: opea-harness validate http://127.0.0.1:6000 --comp embeddings, or "
    "opea-harness validate opea/embedding:latest --comp embeddings"
)
@click.argument("target", metavar="URL|IMAGE")
@click.option(
    "--comp",
    "named",
    required=True,
    multiple=True,
    metavar="ID",
    help="What it is to be (`opea-harness comps`).",
)
@click.option(
    "--level", "levels", multiple=True, metavar="L0..L12", help="Only this level; may be given again."
)
@click.option("--check", "wanted", multiple=True, metavar="PART", help="Only checks whose id holds this.")
@click.option("--drawn", default=20, show_default=True, help="How many requests are drawn for each promise.")
@click.option(
    "--boot-timeout",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Seconds until it has to be ready. [default: {URL_BOOT_S:g}, of an image {IMAGE_BOOT_S:g}]",
)
@click.option(
    "--env",
    "environment",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable of an image; the value mock:COMP is the address of that comp's mock. May be given again.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="On which port an image listens inside. [default: the comp's]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder of the reports (default: one in runs/)."
)
@shared
def validate(target: str, named: tuple[str, ...], **options: Any) -> int:
    """Examine what answers at URL, or a container of IMAGE, as the comp ID, level by level, and write JSON, JUnit and Markdown reports."""
    comps = discover(COMP, tuple(options["folders"]))
    comp_id, *others = named
    if others:
        raise UsageError(
            f"--comp: is given {len(named)} times, as {', '.join(named)}; one target is one comp"
        )
    if comp_id not in comps:
        raise UsageError(f"--comp {comp_id}: there is no such comp; {names_there_are(comp_id, comps)}")
    require_hypothesis()
    is_there = target.startswith(("http://", "https://")) and urlsplit(target).hostname is not None
    if "://" in target and not is_there:
        raise UsageError(
            f"{target}: is no address that can be asked, such as http://127.0.0.1:6000; the name of an image has no ://"
        )
    wish = Target(
        url=target.rstrip("/") if is_there else "",
        comp=comps[comp_id],
        seed=options["seed"],
        drawn_max=options["drawn"],
        boot_limit_s=options["boot_timeout"] or (URL_BOOT_S if is_there else IMAGE_BOOT_S),
        levels=tuple(options["levels"]),
        wanted=tuple(options["wanted"]),
        image="" if is_there else target,
        options=_options(options),
    )
    command = command_line(sys.argv)
    folder = options["out"] or Path("runs") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-validate-{comp_id}"
    found = _examined(wish, comps, options, folder)
    write(found, command, folder)
    if options["as_json"]:
        emit(document(found, command))
    else:
        click.echo(as_text(found) + f"reports: {folder}")
    return found.exit_code


def _options(options: Mapping[str, Any]) -> tuple[str, ...]:
    """What was said of an image, as it is said."""
    port = ("--port", str(options["port"])) if options["port"] else ()
    return (*port, *(word for each in options["environment"] for word in ("--env", each)))


def _examined(
    target: Target, comps: Mapping[str, Comp], options: Mapping[str, Any], folder: Path
) -> Examination:
    found = Examination(target, [])
    progress = Silent() if options["quiet"] else Live(sys.stderr)
    try:
        with scratch() as folder_of_ours, progress:
            keep_in(folder_of_ours)
            if target.image:
                return _tried(found, comps, options, (folder, progress))
            run_to_end(examine(target, comps, _findings(found), progress))
    except KeyboardInterrupt:
        return replace(found, ended="interrupted")
    return found


def _tried(
    found: Examination, comps: Mapping[str, Comp], options: Mapping[str, Any], place: tuple[Path, Progress]
) -> Examination:
    """The examination of an image; only here is anything of Docker imported."""
    from harness.images.surroundings import variables
    from harness.images.trial import Trial, tried

    folder, progress = place
    comp = found.target.comp
    trial = Trial(
        found.target,
        options["port"] or comp.port,
        variables(comp, options["environment"]),
        folder,
        tuple(options["folders"]),
    )
    return replace(found, image=run_to_end(tried(trial, comps, _findings(found), progress)))


def _findings(found: Examination) -> list[Finding]:
    assert isinstance(found.findings, list)
    return found.findings
