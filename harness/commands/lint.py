"""`opea-harness lint`: what would go wrong with a megaservice's file and its compose files, without running either."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from harness.errors import UsageError
from harness.lint.finding import Finding
from harness.lint.linter import all_rules
from harness.lint.linter import lint as find
from harness.lint.sources import read_sources
from harness.nearest import names_there_are
from harness.verdict import EXIT_HOLDS, EXIT_NOTHING_RAN, EXIT_VIOLATED

NOTHING = "nothing to lint: no Python file builds a ServiceOrchestrator or a MicroService, and no compose file has a service"


@click.command(epilog="Example: opea-harness lint chatqna.py compose.yaml compose.telemetry.yaml .env")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--ignore", "ignored", multiple=True, metavar="ID", help="A rule not to ask; may be given again."
)
@click.option("--quiet", is_flag=True, help="One line a finding: where, which rule, what.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option(
    "--path",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder with comps of your own; may be given again.",
)
def lint(files: tuple[Path, ...], ignored: tuple[str, ...], folders: tuple[Path, ...], **form: bool) -> int:
    """Say what would go wrong with megaservices (.py) and compose files (.yaml) that belong together.

    Several compose files are one stack, each over those before it; .env and .sh files give variables. Nothing is run.
    """
    rules = {rule.id for rule in all_rules()}
    for name in ignored:
        if name not in rules:
            raise UsageError(f"--ignore {name}: there is no such rule; {names_there_are(name, rules)}")
    sources = read_sources(files, folders)
    findings = find(sources, ignored)
    idle = NOTHING if sources.are_empty and not findings else ""
    if form["as_json"]:
        document = {
            "findings": [describe(finding) for finding in findings],
            "counts": counts(findings),
            "nothing_to_lint": idle or None,
        }
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    elif idle:
        click.echo(f"opea-harness: {', '.join(map(str, files))}: {idle}", err=True)
    elif form["quiet"]:
        for finding in findings:
            click.echo(f"{finding.file}:{finding.line}: {finding.id}: {finding.what}")
    else:
        _print(findings, files)
    return EXIT_NOTHING_RAN if idle else EXIT_VIOLATED if findings else EXIT_HOLDS


def describe(finding: Finding) -> dict[str, object]:
    """A finding as plain data."""
    return {**asdict(finding), "also": [{"file": spot.file, "line": spot.line} for spot in finding.also]}


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each rule."""
    return dict(sorted(Counter(finding.id for finding in findings).items()))


def _print(findings: Sequence[Finding], files: Sequence[Path]) -> None:
    from rich.markup import escape

    from harness.commands.paper import Paper

    console = Paper(highlight=False, soft_wrap=True)
    told: set[str] = set()
    for finding in findings:
        console.print(f"[bold]{escape(finding.file)}:{finding.line}[/] [red]{finding.id}[/]")
        console.print(f"  {escape(finding.what + _also(finding))}")
        if finding.id not in told:
            console.print(f"  [dim]why:[/] {escape(finding.why)}")
        console.print(f"  [dim]mend:[/] {escape(finding.mend)}")
        told.add(finding.id)
    read = f"{len(files)} file" + ("s" if len(files) != 1 else "")
    console.print(f"{read} read, {len(findings)} found" if findings else f"{read} read, nothing found")


def _also(finding: Finding) -> str:
    if not finding.also:
        return ""
    lines = ", ".join(str(spot.line) if spot.file == finding.file else str(spot) for spot in finding.also)
    return f" (also {lines})"
