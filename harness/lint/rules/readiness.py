"""Services that start before what they need is ready."""

from collections import defaultdict
from collections.abc import Iterator

from harness.lint.compose import Compose, Service
from harness.lint.finding import Found, Rule, Spot
from harness.lint.sources import Sources
from harness.lint.wiring import calls

# A page that a person opens, and a collector that tries again: neither needs its services at its own start.
_PATIENT = frozenset({"ui", "nginx", "grafana", "prometheus", "exporter"})
_OPTIONAL = frozenset({"jaeger", "otel", "zipkin"})
# Images whose Dockerfiles have no HEALTHCHECK: all of OPEA's, and the servers that its stacks use.
_UNCHECKED = (
    "opea/",
    "ghcr.io/huggingface/",
    "vllm/",
    "ollama/",
    "public.ecr.aws/q9t5s3a7/",
    "jaegertracing/",
)


def _started(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    early: dict[str, list[tuple[Spot, str]]] = defaultdict(list)
    for service in compose.services.values() if compose else ():
        for wait in service.waits:
            other = compose.named(wait.service) if compose else None
            if other and wait.condition == "service_started" and _matters(service, other):
                early[other.name].append((wait.spot, service.name))
    for name, pairs in early.items():
        yield _too_early(name, pairs, has_check=bool(compose and compose.services[name].check))


def _too_early(name: str, pairs: list[tuple[Spot, str]], *, has_check: bool) -> Found:
    spots = sorted({spot for spot, _ in pairs})
    who = ", ".join(sorted({service for _, service in pairs}))
    lack = "" if has_check else ", which has no health check,"
    mend = "Wait for `condition: service_healthy`" + (
        "" if has_check else f", and give {name} a health check"
    )
    return Found(
        spots[0], f"{who}: waits until {name}{lack} is started, not until it is ready", mend, tuple(spots[1:])
    )


def _matters(service: Service, other: Service) -> bool:
    return not _words(service) & _PATIENT and not _words(other) & (_PATIENT | _OPTIONAL)


def _words(service: Service) -> set[str]:
    return set(f"{service.image}/{service.name}".lower().replace("/", "-").replace("_", "-").split("-"))


def _unawaited(sources: Sources) -> Iterator[Found]:
    """Only in whole stacks: an overlay waits in the file that it is laid over."""
    compose = sources.compose
    if compose is None or compose.is_part:
        return
    for service in compose.services.values():
        if not service.image.startswith("opea/") or _words(service) & _PATIENT:
            continue
        awaited = _awaited(compose, service.name)
        for call in calls(compose, service):
            other = compose.named(call.host)
            if other and other is not service and other.name not in awaited and _matters(service, other):
                awaited.add(other.name)
                yield Found(
                    call.spot,
                    f"{service.name} calls {other.name} ({call.what}) and waits for it in no depends_on",
                    f"Let {service.name} depend on {other.name} with `condition: service_healthy`",
                )


def _awaited(compose: Compose, name: str) -> set[str]:
    """The services that it waits for, and those that these wait for."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        service = compose.services.get(waiting.pop())
        for wait in service.waits if service else ():
            if wait.service not in found:
                found.add(wait.service)
                waiting.append(wait.service)
    return found


def _unchecked(sources: Sources) -> Iterator[Found]:
    compose = sources.compose
    for service in compose.services.values() if compose else ():
        for wait in service.waits:
            other = compose.named(wait.service) if compose else None
            if wait.condition != "service_healthy" or other is None:
                continue
            if other.check.is_off if other.check else other.image.startswith(_UNCHECKED):
                yield Found(
                    wait.spot,
                    f"{service.name} waits until {other.name} is healthy, which has no health check",
                    f"Give {other.name} a health check",
                )


RULES = (
    Rule(
        "started-is-not-ready",
        "`started` means that the process is there; a model is then still loading, and the first requests fail.",
        "Wait for `condition: service_healthy`",
        _started,
    ),
    Rule(
        "called-and-not-awaited",
        "The caller may be up before the called one: its first requests fail, or it dies and is restarted in a loop.",
        "Let the caller depend on the called one with `condition: service_healthy`",
        _unawaited,
    ),
    Rule(
        "healthy-without-check",
        "compose cannot know when that is: it refuses to start the service that waits.",
        "Give the service that is waited for a health check",
        _unchecked,
    ),
)
