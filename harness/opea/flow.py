"""A megaservice as a YAML file says it: nodes with their endpoints, and rules such as `(s1, s5) >> s2 >> (s3, s4)`.

Keys and rules follow comps/cores/mega/mega_service.yaml, GenAIComps 8130a3f. What upstream would only meet at the first request,
a node without an endpoint, is told when the file is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.errors import ScenarioError

NODES, MEGASERVICE, RULES = "opea_micro_services", "opea_mega_service", "mega_flow"
NAME = r"[^\s(),>]+"
ONE, SEVERAL = re.compile(NAME), re.compile(rf"\(\s*{NAME}(\s*,\s*{NAME})*\s*\)")


@dataclass(frozen=True, slots=True)
class Flow:
    """What a file says: `docs` all of it, `endpoints` the graph's nodes in the order of the rules, `edges` what flows to what.

    Without rules there are no edges, and all nodes are the graph's.
    """

    docs: Mapping[str, Any]
    endpoints: Mapping[str, str]
    edges: Sequence[tuple[str, str]]


def read_flow(path: Path) -> Flow:
    """What the file says; ScenarioError for one that cannot be read, or whose nodes or rules make no sense."""
    import yaml

    try:
        docs = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(docs, dict) or not all(isinstance(docs.get(key), dict) for key in (NODES, MEGASERVICE)):
        raise ScenarioError(
            f"{path}: is no megaservice; it has {NODES} and {MEGASERVICE}, each with keys under it"
        )
    nodes = {str(name): node for name, node in docs[NODES].items()}
    rules = docs[MEGASERVICE].get(RULES)
    if rules is not None and not (isinstance(rules, list) and rules):
        raise ScenarioError(f"{path}: {RULES} is {rules!r}; it is a list of rules such as '(s1, s2) >> s3'")
    steps = [step for rule in rules or () for step in _steps(path, rule)]
    names = [name for step in steps for group in step for name in group] if rules else list(nodes)
    edges = [(one, other) for before, after in steps for one in before for other in after]
    return Flow(docs, {name: _endpoint(path, nodes, name) for name in names}, edges)


def _steps(path: Path, rule: Any) -> Iterator[tuple[list[str], list[str]]]:
    """The steps of a rule, each from some nodes to others; one of a single group leads nowhere."""
    groups = [_group(path, rule, each.strip()) for each in str(rule).split(">>")]
    yield from zip(groups, groups[1:] or [[]], strict=False)


def _group(path: Path, rule: Any, text: str) -> list[str]:
    if not (ONE.fullmatch(text) or SEVERAL.fullmatch(text)):
        raise ScenarioError(
            f"{path}: the rule {rule!r} has {text!r} for nodes; a rule is one such as '(s1, s2) >> s3'"
        )
    return re.findall(NAME, text)


def _endpoint(path: Path, nodes: Mapping[str, Any], name: str) -> str:
    node = nodes.get(name)
    if node is None:
        raise ScenarioError(f"{path}: node {name} of {RULES} is not in {NODES}, which has {list(nodes)}")
    endpoint = node.get("endpoint") if isinstance(node, dict) else None
    if not _is_url(str(endpoint)):
        raise ScenarioError(
            f"{path}: node {name} has the endpoint {endpoint!r}; it is a URL such as http://host:8081/v1/add"
        )
    return str(endpoint)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is no number.
        return False
