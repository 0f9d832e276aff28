"""Tells what the doctor found: service and cause first, then what shows it and what to do."""

from collections.abc import Sequence
from dataclasses import asdict

import click

from harness.commands.options import emit
from harness.doctor.diagnose import Diagnosis
from harness.doctor.finding import Finding


def tell(found: Diagnosis, *, is_json: bool, is_quiet: bool) -> None:
    """Print it: for a program, in one line a finding, or with evidence and what to do."""
    if is_json:
        emit({**asdict(found), "exit_code": found.exit_code})
        return
    if is_quiet:
        for each in found.findings:
            click.echo(f"{each.service}: {each.what} [{each.id}]")
        for each in found.doubts:
            click.echo(f"{each.service}: {each.what} [{each.id}, a doubt]")
        for line in found.unseen:
            click.echo(f"not seen: {line}")
        return
    _print("red", found.findings)
    _print("yellow", found.doubts)
    for line in found.unseen:
        click.echo(f"not seen: {line}")
    for line in found.notes:
        click.echo(f"note: {line}")
    click.echo(_sum(found))


def _print(colour: str, findings: Sequence[Finding]) -> None:
    from rich.markup import escape

    from harness.commands.paper import Paper

    console = Paper(highlight=False, soft_wrap=True)
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
