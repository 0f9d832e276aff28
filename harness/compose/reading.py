"""Reads compose files into a project: all variables resolved, or those that nothing gives named at once, each with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from harness.comp import Comp
from harness.compose import notes
from harness.compose.asked import MOCK, MOCK_OF, NONE, Asked, given
from harness.compose.megaservice import candidates
from harness.compose.project import Part, Project
from harness.compose.resolving import Resolver
from harness.compose.variables import Values, environment, lacking
from harness.composition.service import Probe
from harness.composition.service import Service as Wanted
from harness.doctor.composed import real_name
from harness.errors import StackError, UsageError
from harness.lint.compose import Compose, Service, read_compose
from harness.lint.contracts import Contracts
from harness.lint.finding import Spot, Text
from harness.lint.yaml_tree import Table, Tree, read, texts

TOP = ("services", "networks", "volumes", "name", "version", "include")
SHOWN = 12
PATIENCE_S = 600.0  # A model that is loaded, or downloaded, takes its time.


def read_project(asked: Asked, comps: Mapping[str, Comp]) -> Project:
    """The project; raises UsageError for a wrong name, StackError for a file that cannot be raised: each says where and why."""
    for path in asked.paths:
        if not path.is_file():
            raise UsageError(f"{path}: is no file; a compose file is given")
    folder = asked.paths[0].parent
    values = given(environment(asked.shell, asked.env_file, folder))
    try:
        compose = read_compose(asked.paths, values)
        top = [read(path) for path in asked.paths]
    except UsageError as error:
        raise StackError(str(error)) from None
    return _Reading(asked, comps, values, compose).project(top)


class _Reading:
    """One project on its way."""

    def __init__(self, asked: Asked, comps: Mapping[str, Comp], values: Values, compose: Compose) -> None:
        self._asked = asked
        self._comps = comps
        self._contracts = Contracts(comps)
        self._values = values
        self._file = asked.paths[0]
        self._all = {name: replace(service, given=values) for name, service in compose.services.items()}
        self._missing = compose.missing
        self._notes: list[str] = []
        self._volumes: dict[str, None] = {}

    def project(self, top: list[Table]) -> Project:
        """The whole; what is wrong is told at once."""
        self._check_names()
        started = {name: service for name, service in self._all.items() if self._is_started(service)}
        if not started:
            raise StackError(f"{self._file}: has no service to start; a compose file has `services:`")
        self._check_whole(started)
        self._note_top(top)
        declared = frozenset(name for tree in top for name in tree.table("volumes").items)
        self._notes += notes.notes(each for each in started.values() if not self._place(each))
        parts = {name: self._part(service, declared) for name, service in started.items()}
        parts = {
            name: self._after_containers(part, parts, started[name].spot) for name, part in parts.items()
        }
        found = Project(_name(self._file, top), parts, tuple(self._volumes), tuple(self._notes))
        named = (self._asked.megaservice,) if self._asked.megaservice else tuple(candidates(found))
        return replace(found, megaservices=named, forwarder=self._asked.forwarder)

    def _check_names(self) -> None:
        names = [*self._asked.places, *([self._asked.megaservice] if self._asked.megaservice else [])]
        for name in names:
            if name not in self._all:
                option = "--node" if name in self._asked.places else "--megaservice-service"
                raise UsageError(
                    f"{option} {name}: {self._file} has no such service; services are {sorted(self._all)}"
                )

    def _is_started(self, service: Service) -> bool:
        if self._asked.places.get(service.name) == NONE:
            return False
        asked = service.name in self._asked.places or service.name == self._asked.megaservice
        return asked or not service.profiles or bool(service.profiles & self._asked.profiles)

    def _check_whole(self, started: Mapping[str, Service]) -> None:
        """Nothing that is needed is missing: files, images, variables."""
        if self._missing:
            listed = ", ".join(map(str, self._missing[:SHOWN]))
            raise StackError(
                f"{listed}: names a file or a service that is not there; it is beside the compose file upstream"
            )
        for service in started.values():
            if not self._place(service) and "image" not in service.tree.items and not self._image(service):
                raise StackError(f"{service.spot}: {service.name}: {_why_no_image(service)}")
        if self._asked.missing_is_empty:
            return
        missing: dict[str, list[Spot]] = {}
        for service in started.values():
            for name, spot in self._lacking(service):
                missing.setdefault(name, []).append(spot)
        if missing:
            raise StackError(_told(missing, self._file))

    def _lacking(self, service: Service) -> Iterator[tuple[str, Spot]]:
        """The variables that the service needs and that nothing gives."""
        if self._place(service):
            return
        for key, item in service.tree.items.items():
            if key == "ports" or (key == "image" and self._image(service)):
                continue  # Where a port is published does not matter here: on a free one.
            if key in notes.READ or key in notes.ENGINE:
                for text in texts(item):
                    for use in lacking(text.text, self._values):
                        yield (
                            use.name + (f" ({use.word})" if use.operator.endswith("?") and use.word else ""),
                            text.spot,
                        )

    def _place(self, service: Service) -> str:
        """`mock`, a URL, or empty for a container."""
        place = self._asked.places.get(service.name, "")
        if place == MOCK or place.startswith(MOCK_OF):
            return MOCK
        return place.rstrip("/") if place.startswith(("http://", "https://")) else ""

    def _image(self, service: Service) -> str:
        """The image that was given in the place of the file's; empty for none."""
        place = self._asked.places.get(service.name, "")
        return "" if self._place(service) else place

    def _note_top(self, top: list[Table]) -> None:
        for tree in top:
            for key in tree.items:
                if key == "version":
                    self._notes.append(
                        f"{tree.keys[key]}: `version` says nothing any more, and is passed over"
                    )
                elif key not in TOP and not key.startswith("x-"):
                    self._notes.append(f"{tree.keys[key]}: `{key}` is not carried over")

    def _part(self, service: Service, declared: frozenset[str]) -> Part:
        resolver = Resolver(service, self._values, self._asked.addresses)
        comp, place = self._comp(service), self._place(service)
        ports = resolver.ports()
        own = [int(port) for port in service.own_ports if port.isdigit()]
        for port in (*own, *([comp.port] if comp and not ports else [])):
            ports.setdefault(port, None)
        after = tuple(wait.service for wait in service.waits)
        names = frozenset(filter(None, service.names))
        if place:
            return Part(service.name, place, names, ports, comp=comp, after=after)
        wanted = self._wanted(service, resolver, comp, ports, declared)
        return Part(service.name, "", names, ports, wanted.environment, comp, wanted, after)

    def _comp(self, service: Service) -> Comp | None:
        """What it is: said by the user, or by its image; None for what is no comp."""
        place = self._asked.places.get(service.name, "")
        if place.startswith(MOCK_OF):
            named = self._comps.get(place.removeprefix(MOCK_OF))
            if named is None:
                raise UsageError(
                    f"--node {service.name}={place}: is no comp; comps are {', '.join(self._comps)}"
                )
            return named
        found = self._known(service)
        if found is None and place == MOCK:
            raise UsageError(
                f"--node {service.name}=mock: no comp is known by the image {service.image!r}; "
                f"--node {service.name}=mock:COMP says which one it is"
            )
        return found

    def _known(self, service: Service) -> Comp | None:
        image = real_name(service.image)
        if "MEGA_SERVICE_HOST_IP" in service.environment and not image.startswith("opea/llm-"):
            return None  # Only a megaservice is told where the megaservice is; some bear the name of a comp's image.
        for each in (image, f"opea/{image.rpartition('/')[2]}"):
            found = self._contracts.of_service(_imaged(service, each))
            if found:
                return min(found, key=lambda comp: (len(comp.id), comp.id))
        return None

    def _wanted(
        self,
        service: Service,
        resolver: Resolver,
        comp: Comp | None,
        ports: Mapping[int, int | None],
        declared: frozenset[str],
    ) -> Wanted:
        mounts = resolver.mounts(declared)
        self._volumes |= dict.fromkeys(mounts.volumes)
        self._notes += [
            f"{service.spot}: {service.name}: {path} is not there; an empty volume stands for it, and goes with the project"
            for path in mounts.instead
        ]
        more = resolver.more()
        called = [comp.port] if comp and comp.port in ports else []
        return Wanted(
            service.name,
            self._image(service) or resolver.of("image"),
            tuple(dict.fromkeys([*called, *ports])),
            resolver.environment(),
            mounts.volumes,
            resolver.words("entrypoint"),
            resolver.words("command"),
            comp=comp.id if comp else "",
            probe=_probe(comp, resolver),
            aliases=tuple(sorted(service.names - {service.name})),
            memory_bytes=resolver.memory_bytes(),
            ready_limit_s=PATIENCE_S,
            more={**more, "mounts": list(mounts.binds)} if mounts.binds else more,
        )

    def _after_containers(self, part: Part, parts: Mapping[str, Part], spot: Spot) -> Part:
        """The part after containers alone: mocks and what runs already are there before all, what was left out never."""
        waits = tuple(name for name in part.after if self._asked.places.get(name) != NONE)
        for name in waits:
            if name not in parts:
                raise StackError(
                    f"{spot}: {part.name}: depends on {name}, which is not started; "
                    "it is no service, or has a profile that --profile would name"
                )
        after = tuple(name for name in waits if parts[name].service is not None)
        service = replace(part.service, after=after) if part.service else None
        return replace(part, after=waits, service=service)


def _probe(comp: Comp | None, resolver: Resolver) -> Probe | None:
    """What says that it is ready where no request of its contract does."""
    if comp is None:
        return resolver.probe()
    # A model server has the file's model, and its contract's requests name another.
    return None if comp.framework else Probe(comp.ready)


def _why_no_image(service: Service) -> str:
    if "build" not in service.tree.items:
        return "has no image; a file that is laid over others comes after them: -f compose.yaml -f this.yaml"
    return f"has only `build`, and nothing is built here; build it and say --node {service.name}=IMAGE, or =mock:COMP"


def _imaged(service: Service, image: str) -> Service:
    """The service with an image by another name, to be looked up by."""
    items: dict[str, Tree] = {**service.tree.items, "image": Text(image.replace("$", "$$"), service.spot)}
    return replace(service, tree=replace(service.tree, items=items))


def _told(missing: Mapping[str, list[Spot]], file: Path) -> str:
    listed = "; ".join(
        f"{name} at {', '.join(dict.fromkeys(map(str, spots[:3])))}{' and elsewhere' * (len(spots) > 3)}"
        for name, spots in missing.items()
    )
    several = len(missing) > 1
    return (
        f"{file}: {len(missing)} variable{'s' * several} {'are' if several else 'is'} given by nothing: {listed}; set "
        f"{'them' if several else 'it'} in the environment, in {file.parent / '.env'} or with --env-file, "
        "or say --missing-as-empty, as docker compose has it"
    )


def _name(file: Path, top: list[Table]) -> str:
    named = top[-1].text("name")
    return named.text if named else file.resolve().parent.name
