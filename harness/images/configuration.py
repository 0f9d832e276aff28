"""Level 0: what an image says of itself before it is started: who runs in it, what, on which port, and what it should not tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.comp import Comp
from harness.contract.kind import Kind
from harness.redact import redact
from harness.verdict import Verdict, holds, not_applicable, violated

SHELLS = ("/bin/sh", "/bin/bash", "sh", "bash")
ROOTS = ("", "0", "root")
LABELS = ("title", "source", "revision", "version", "licenses")
OCI = "org.opencontainers.image."
KNOWN = "known deviation"  # The words by which reports tell what is known of OPEA.


def _kind(name: str, says: str, why: str, by_hand: str, fix: str) -> Kind:
    return Kind(f"image.{name}", "L0", says, why, by_hand, fix)


USER = _kind(
    "user",
    "it does not run as root",
    "Whoever breaks out of a service that runs as root is root on the machine, and Kubernetes clusters with `runAsNonRoot` refuse it.",
    "docker image inspect --format '{{.Config.User}}' IMAGE",
    "`RUN useradd --create-home user` and `USER user` in the Dockerfile, as OPEA's own images have it.",
)
ENTRYPOINT = _kind(
    "entrypoint",
    "it is started as a program, not by a shell's command line",
    "A shell that is the first process passes no signal on: the service never hears SIGTERM and is killed with its requests in flight.",
    "docker image inspect --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}' IMAGE",
    '`ENTRYPOINT ["python", "opea_embedding_microservice.py"]`, with brackets and quotes; a script ends with `exec`.',
)
PORT = _kind(
    "port",
    "the port that it exposes is the comp's",
    "A compose file is written after EXPOSE; a wrong one sends requests where nobody listens.",
    "docker image inspect --format '{{json .Config.ExposedPorts}}' IMAGE",
    "Make `EXPOSE` say the port that `register_microservice` is given.",
)
SECRETS = _kind(
    "secrets",
    "no key or token is in its environment, its labels or the commands that built it",
    "Whoever can pull an image can read them, also when a later layer removes them.",
    "docker image inspect --format '{{json .Config.Env}}' IMAGE; docker history --no-trunc IMAGE",
    "Give keys to the container when it is started, and to the build as `--secret`; make a new key in place of the one that got out.",
)
LABELLED = _kind(
    "labels",
    "its OCI labels say what it is and where it comes from",
    "Without them nobody can tell from a running container which source it was built from.",
    "docker image inspect --format '{{json .Config.Labels}}' IMAGE",
    "`LABEL org.opencontainers.image.title=... .source=... .revision=... .version=... .licenses=...`, or `docker build --label`.",
)
HEALTHCHECK = _kind(
    "healthcheck",
    "it says how its health is found out",
    "Compose can wait for a dependency only if the image or the compose file says how.",
    "docker image inspect --format '{{json .Config.Healthcheck}}' IMAGE",
    "`HEALTHCHECK CMD` with a request to `/v1/health_check` that has a time limit.",
)
KINDS = (USER, ENTRYPOINT, PORT, SECRETS, LABELLED, HEALTHCHECK)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image's configuration; `digest` is empty for what was never pulled or pushed, `history` are the commands that built it."""

    name: str
    id: str
    digest: str = ""
    content_bytes: int = 0
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    has_healthcheck: bool = False
    history: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """What a report keeps of it, so that the same image can be found again."""
        return {
            "name": self.name,
            "id": self.id,
            "digest": self.digest,
            "bytes": self.content_bytes,
            "labels": dict(self.labels),
        }


def read(name: str, inspected: Mapping[str, Any]) -> ImageFacts:
    """What the engine says of an image, as facts."""
    config = inspected.get("Config") or {}
    digests = inspected.get("RepoDigests") or []
    return ImageFacts(
        name=name,
        id=str(inspected.get("Id", "")),
        digest=str(digests[0]).partition("@")[2] if digests else "",
        content_bytes=int(inspected.get("Size") or 0),
        user=str(config.get("User") or ""),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        environment=tuple(config.get("Env") or ()),
        ports=tuple(int(each.partition("/")[0]) for each in config.get("ExposedPorts") or ()),
        labels=config.get("Labels") or {},
        has_healthcheck=bool(config.get("Healthcheck")),
        history=tuple(str(each.get("CreatedBy", "")) for each in inspected.get("History") or ()),
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """One check of the configuration; `find(facts, port)` gives what is wrong, what is known of all images, or nothing."""

    kind: Kind
    find: Callable[[ImageFacts, int], str | None]
    actual: Callable[[ImageFacts], str]

    def verdict(self, facts: ImageFacts, comp: Comp, port: int) -> Verdict:
        """Its verdict on an image that is said to be this comp, and to listen on this port."""
        id_ = f"{comp.id}.{self.kind.name}"
        wrong = self.find(facts, port)
        if wrong is None:
            return holds(id_, comp.id, expected=self.kind.says)
        if wrong.startswith(KNOWN):
            return not_applicable(id_, comp.id, wrong)
        found = violated(id_, comp.id, wrong, expected=self.kind.says, actual=self.actual(facts))
        return replace(found, repeat=self.kind.by_hand.replace("IMAGE", facts.name))


def _user(facts: ImageFacts, _: int) -> str | None:
    user = facts.user.partition(":")[0]
    return "it runs as root" if user in ROOTS else None


def _entrypoint(facts: ImageFacts, _: int) -> str | None:
    words = [*facts.entrypoint, *facts.command]
    if not words:
        return "it does not say what is to be started"
    if len(words) > 1 and words[0] in SHELLS and words[1] == "-c":
        return "a shell's command line is started, which passes no signal on"
    return None


def _port(facts: ImageFacts, port: int) -> str | None:
    if not facts.ports:
        return f"{KNOWN} image-port: it does not say on which port it listens, as most of OPEA's do not"
    return None if port in facts.ports else f"it exposes {', '.join(map(str, facts.ports))}, not {port}"


def _secrets(facts: ImageFacts, _: int) -> str | None:
    told = [
        *(("its environment", each) for each in facts.environment),
        *(("a label", f"{name}={value}") for name, value in facts.labels.items()),
        *(("a command that built it", each) for each in facts.history),
    ]
    found = next((where for where, text in told if redact(text) != text), None)
    return f"a secret is in {found}" if found else None


def _labels(facts: ImageFacts, _: int) -> str | None:
    missing = [name for name in LABELS if not facts.labels.get(f"{OCI}{name}")]
    if not missing:
        return None
    return f"{KNOWN} image-labels: it lacks the OCI labels {', '.join(missing)}, as all of OPEA's do"


def _healthcheck(facts: ImageFacts, _: int) -> str | None:
    if facts.has_healthcheck:
        return None
    return f"{KNOWN} image-healthcheck: it does not say how its health is found out, as none of OPEA's does"


def _started(facts: ImageFacts) -> str:
    return f"ENTRYPOINT {list(facts.entrypoint)} CMD {list(facts.command)}"


JUDGES = (
    Judge(USER, _user, lambda facts: f"USER {facts.user or '(none)'}"),
    Judge(ENTRYPOINT, _entrypoint, _started),
    Judge(PORT, _port, lambda facts: f"EXPOSE {' '.join(map(str, facts.ports))}"),
    Judge(
        SECRETS,
        _secrets,
        lambda facts: next((told for each in facts.environment if (told := redact(each)) != each), ""),
    ),
    Judge(LABELLED, _labels, lambda _: ""),
    Judge(HEALTHCHECK, _healthcheck, lambda _: ""),
)
