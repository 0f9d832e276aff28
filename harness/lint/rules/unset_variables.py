"""Variables of compose files that nothing sets and that have no default."""

from collections.abc import Iterable

from harness.lint.compose import Service
from harness.lint.finding import Found, Rule, Spot, gathered
from harness.lint.rules.telemetry import ENDPOINT
from harness.lint.sources import Sources
from harness.lint.variables import uses
from harness.lint.yaml_tree import texts

# Empty is what most people want of these.
_MAY_BE_EMPTY = ("no_proxy", "http_proxy", "https_proxy", "all_proxy", "logflag")


def _find(sources: Sources) -> Iterable[Found]:
    services = sources.compose.services.values() if sources.compose else ()
    places = [(spot, f"${name} (line {spot.line})") for name, spot in _first(services).items()]
    return gathered(sorted(places), lambda names: f"no default, and set by no file that was given: {names}")


def _first(services: Iterable[Service]) -> dict[str, Spot]:
    """Where each variable that is unset is used first."""
    found: dict[str, Spot] = {}
    for service in services:
        for text in texts(service.tree):
            for use in uses(text.text):
                if use.is_bare and use.name not in service.given and not _may_be_empty(use.name):
                    found[use.name] = min(text.spot, found.get(use.name, text.spot))
    return found


def _may_be_empty(name: str) -> bool:
    return name.lower() in _MAY_BE_EMPTY or name == ENDPOINT


RULES = (
    Rule(
        "variable-unset",
        "compose puts in an empty text with no more than a warning: the service starts with half a setting.",
        "Write ${NAME:-default} or ${NAME:?why}, or give lint the .env or .sh file that sets them",
        _find,
    ),
)
