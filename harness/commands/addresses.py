"""The addresses that are given on the command line, and what is to answer there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from harness.comp import Comp
from harness.doctor.asking import Wanted
from harness.errors import UsageError
from harness.scenario import Scenario


def addresses(options: Mapping[str, Any], comps: Mapping[str, Comp], scenario: Scenario) -> list[Wanted]:
    """What is to be asked where, by --node, --gateway and --jaeger; raises UsageError for one that is none."""
    megaservice = scenario.megaservice
    nodes = {node.name: node for node in megaservice.standing}
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
