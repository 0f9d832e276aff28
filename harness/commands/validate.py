"""`opea-harness validate TARGET --comp ID`: does what answers there keep the comp's contract?"""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from harness.commands.live import Live
from harness.commands.options import emit, run_to_end, shared
from harness.comp import Comp
from harness.contract.falsify import keep_in, require_hypothesis
from harness.discovery import COMP, discover
from harness.errors import StackError, UsageError
from harness.images.examination import Examination, Finding, Target, examine
from harness.machine import command_line
from harness.progress import Silent
from harness.verdict import EXIT_INTERRUPTED
from reports.validation import as_text, document, write


@click.command(epilog="Example: opea-harness validate http://127.0.0.1:6000 --comp embeddings")
@click.argument("target", metavar="URL|IMAGE")
@click.option(
    "--comp", "comp_id", required=True, metavar="ID", help="What it is to be (`opea-harness comps`)."
)
@click.option(
    "--level", "levels", multiple=True, metavar="L1..L12", help="Only this level; may be given again."
)
@click.option("--check", "wanted", multiple=True, metavar="PART", help="Only checks whose id holds this.")
@click.option("--drawn", default=20, show_default=True, help="How many requests are drawn for each promise.")
@click.option("--boot-timeout", default=10.0, show_default=True, help="Seconds until it has to be ready.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder of the reports (default: one in runs/)."
)
@shared
def validate(target: str, comp_id: str, **options: Any) -> int:
    """Examine what answers at URL as the comp ID, level by level, and write JSON, JUnit and Markdown reports."""
    comps = discover(COMP, tuple(options["folders"]))
    if comp_id not in comps:
        raise UsageError(f"--comp {comp_id}: there is no such comp; there are {', '.join(comps)}")
    if not target.startswith(("http://", "https://")):
        raise _no_image(target, comp_id)
    require_hypothesis()
    wish = Target(
        url=target.rstrip("/"),
        comp=comps[comp_id],
        seed=options["seed"],
        drawn_max=options["drawn"],
        boot_limit_s=options["boot_timeout"],
        levels=tuple(options["levels"]),
        wanted=tuple(options["wanted"]),
    )
    command = command_line(sys.argv)
    found = _examined(wish, comps, is_quiet=options["quiet"])
    folder = options["out"] or Path("runs") / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-validate-{comp_id}"
    write(found, command, folder)
    if options["as_json"]:
        emit(document(found, command))
    else:
        click.echo(as_text(found) + f"reports: {folder}")
    return EXIT_INTERRUPTED if found.ended == "interrupted" else found.exit_code


def _examined(target: Target, comps: Mapping[str, Comp], *, is_quiet: bool) -> Examination:
    findings: list[Finding] = []
    found = Examination(target, findings)
    progress = Silent() if is_quiet else Live(sys.stderr)
    try:
        with TemporaryDirectory() as folder, progress:
            keep_in(Path(folder))
            run_to_end(examine(target, comps, findings, progress))
    except KeyboardInterrupt:
        return replace(found, ended="interrupted")
    return found


def _no_image(target: str, comp_id: str) -> StackError:
    """Why an image cannot be examined, and what can be done instead."""
    instead = f"start it and give its address: opea-harness validate http://127.0.0.1:PORT --comp {comp_id}"
    if shutil.which("docker") is None:
        return StackError(
            f"{target}: is no URL, and there is no Docker here to start it as an image; {instead}"
        )
    return StackError(f"{target}: is no URL, and images are not started by this version; {instead}")
