"""Health checks that prove nothing: those that always pass, ask another address, or ask a path that is not there."""

import re
from collections.abc import Iterator

from harness.lint.compose import Check, Service
from harness.lint.contracts import gets
from harness.lint.finding import Found, Rule
from harness.lint.sources import Sources

_HARMLESS = re.compile(r"^(?:sleep\s+\S+|true|/bin/true|:|exit\s+0|echo\b[^|]*|exit\s+1)$")
_ALWAYS = re.compile(r"(?:\|\||;)\s*(?:exit\s+0|true|:|echo\b[^|;&]*)\s*$")
_THROUGH_HOST = re.compile(r"\$\{?(?P<name>(?:\w+_)?(?:host|HOST)(?:_?(?:ip|IP))?|ip_address|IP_ADDRESS)\b")
_GET = re.compile(r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?(?P<path>/[\w./\-]*)")


def _checks(sources: Sources) -> Iterator[tuple[Service, Check]]:
    for service in sources.compose.services.values() if sources.compose else ():
        if service.check is not None and not service.check.is_off:
            yield service, service.check


def _fake(sources: Sources) -> Iterator[Found]:
    for service, check in _checks(sources):
        if _always_passes(check.written):
            yield Found(
                check.spot, f"the health check of {service.name} passes whatever happens: `{check.written}`"
            )


def _always_passes(command: str) -> bool:
    steps = [step.strip() for step in re.split(r"&&|\|\||;", command)]
    return all(_HARMLESS.match(step) for step in steps) or bool(_ALWAYS.search(command))


def _through_host(sources: Sources) -> Iterator[Found]:
    for service, check in _checks(sources):
        if match := _THROUGH_HOST.search(check.written):
            yield Found(
                check.spot,
                f"the health check of {service.name} goes through the machine (${match['name']}): `{check.written}`",
            )


def _no_such_path(sources: Sources) -> Iterator[Found]:
    for service, check in _checks(sources):
        comps = sources.contracts.of_image(service.image)
        match = _GET.search(check.command or "")
        if not comps or match is None or match["path"] == "/":
            continue
        known = gets(comps)
        if match["path"] not in known:
            yield Found(
                check.spot,
                f"the health check of {service.name} asks {match['path']}, which {service.image} does not serve",
                f"Ask {comps[0].ready}",
            )


RULES = (
    Rule(
        "health-check-fake",
        "`healthy` then says that time has passed, not that the service answers: who waits for it starts too early.",
        "Ask the service itself: `curl -f http://localhost:PORT/health`, or Python where the image has no curl",
        _fake,
    ),
    Rule(
        "health-check-through-host",
        "The check leaves the container: it fails where the variable is unset, the port is not published or a firewall stands "
        "between, and passes when another container has the port.",
        "Ask localhost and the port in the container",
        _through_host,
    ),
    Rule(
        "health-check-path",
        "The check gets 404 for ever: the service never becomes healthy, and who waits for it never starts.",
        "Ask a path that the comp serves",
        _no_such_path,
    ),
)
