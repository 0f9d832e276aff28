"""`opea-harness comps`: what is known of each comp."""

from collections import Counter
from typing import Any

import click
from rich.console import Console

from harness.commands.options import emit, shared
from harness.commands.paper import Paper
from harness.comp import Comp, Endpoint
from harness.discovery import COMP, discover
from harness.errors import UsageError
from harness.nearest import names_there_are
from reports.wording import plural


@click.command(epilog="Example: opea-harness comps embeddings --json")
@click.argument("comp", required=False)
@shared
def comps(comp: str | None, **options: Any) -> int:
    """List all comps and their endpoints, or show the contract of one COMP."""
    found = discover(COMP, tuple(options["folders"]))
    if comp is not None and comp not in found:
        raise UsageError(f"{comp}: there is no such comp; {names_there_are(comp, found)}")
    chosen = list(found.values()) if comp is None else [found[comp]]
    if options["as_json"]:
        emit({"comps": [describe(each) for each in chosen], "evidence": evidence(chosen)})
        return 0
    console = Paper(highlight=False, soft_wrap=True)
    for each in chosen:
        _print_comp(console, each)
    if comp is not None:
        for variable, needed in found[comp].needs.items():
            console.print(f"needs {needed}, at {variable}")
        for endpoint in found[comp].endpoints:
            _print_endpoint(console, endpoint)
    counts = ", ".join(f"{count} {word}" for word, count in evidence(chosen).items())
    endpoints = sum(len(each.endpoints) for each in chosen)
    console.print(f"{plural(len(chosen), 'comp')}, {plural(endpoints, 'endpoint')}: {counts}")
    return 0


def describe(comp: Comp) -> dict[str, object]:
    """A comp's contract as plain data."""
    return {
        "id": comp.id,
        "title": comp.title,
        "port": comp.port,
        "image": comp.image,
        "service_type": comp.service_type,
        "needs": dict(comp.needs),
        "endpoints": [_describe_endpoint(endpoint) for endpoint in comp.endpoints],
    }


def _describe_endpoint(endpoint: Endpoint) -> dict[str, object]:
    return {
        "method": endpoint.method,
        "path": endpoint.path,
        "evidence": endpoint.evidence,
        "source": endpoint.source,
        "body": endpoint.body,
        "variants": [
            {
                "name": variant.name,
                "request": _name(variant.request),
                "reply": _name(variant.reply),
                "dialect": variant.dialect,
                "examples": [example.name for example in variant.examples],
                "laws": [{"id": law.id, "says": law.says} for law in variant.laws],
            }
            for variant in endpoint.variants
        ],
        "known": [{"id": known.id, "says": known.says, "status": known.status} for known in endpoint.known],
        "notes": list(endpoint.notes),
    }


def evidence(comps_: list[Comp]) -> dict[str, int]:
    """How many endpoints there are of each evidence."""
    return dict(sorted(Counter(endpoint.evidence for each in comps_ for endpoint in each.endpoints).items()))


def _name(model: object) -> str | None:
    return None if model is None else getattr(model, "__name__", None) or str(model)


def _print_comp(console: Console, comp: Comp) -> None:
    console.print(f"[bold]{comp.id}[/]  {comp.title}, port {comp.port}")
    keys = max(len(endpoint.key) for endpoint in comp.endpoints)
    for endpoint in comp.endpoints:
        variants = ", ".join(variant.name for variant in endpoint.variants)
        console.print(f"    {endpoint.key:<{keys}}  {variants} ({endpoint.evidence})", markup=False)


def _print_endpoint(console: Console, endpoint: Endpoint) -> None:
    console.print(f"\n[bold]{endpoint.key}[/]  ({endpoint.evidence}, {endpoint.source})")
    for variant in endpoint.variants:
        stream = f", streams as {variant.dialect}" if variant.dialect else ""
        console.print(f"  {variant.name}: {_name(variant.request)} → {_name(variant.reply)}{stream}")
        for law in variant.laws:
            console.print(f"    law {law.id}: {law.says}")
    for known in endpoint.known:
        console.print(f"  known to deviate: {known.says} → {known.status}")
    for note in endpoint.notes:
        console.print(f"  note: {note}")
