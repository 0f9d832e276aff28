"""Reads compose files into a project: all variables resolved, or those that nothing gives named at once, each with file and line."""

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from harness.comp import Comp
from harness.compose import notes
from harness.compose.asked import NONE, Asked, given
from harness.compose.megaservice import candidates
from harness.compose.missing import check_images, check_variables
from harness.compose.parts import part_of
from harness.compose.project import Part, Project
from harness.compose.variables import Values, environment
from harness.errors import StackError, UsageError
from harness.lint.compose import Compose, Service, read_compose
from harness.lint.finding import Spot
from harness.lint.yaml_tree import Table, read

TOP = ("services", "networks", "volumes", "name", "version", "include")
SHOWN = 12


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
        self._notes += notes.notes(each for each in started.values() if not self._asked.place(each.name))
        parts = {name: self._part(service, declared) for name, service in started.items()}
        parts = {
            name: self._after_containers(part, parts, started[name].spot) for name, part in parts.items()
        }
        self._check_order(parts)
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
        containers = [each for name, each in started.items() if not self._asked.place(name)]
        own = [each for each in containers if not self._asked.image(each.name)]
        check_images(own)
        if not self._asked.missing_is_empty:
            renamed = frozenset(each.name for each in containers) - {each.name for each in own}
            check_variables(containers, renamed, self._values, self._file)

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
        part, mounts = part_of(service, self._asked, self._comps, self._values, declared)
        self._volumes |= dict.fromkeys(mounts.volumes)
        self._notes += [
            f"{service.spot}: {service.name}: {path} is not there; an empty volume stands for it, and goes with the project"
            for path in mounts.instead
        ]
        return part

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

    def _check_order(self, parts: Mapping[str, Part]) -> None:
        """Some container can be the first, and then some other."""
        after = {name: part.service.after for name, part in parts.items() if part.service}
        try:
            TopologicalSorter(after).prepare()
        except CycleError as error:
            circle = [*reversed(error.args[1])]
            waits = self._all[circle[0]].waits
            spot = next(wait.spot for wait in waits if wait.service == circle[1])
            raise StackError(
                f"{spot}: {' -> '.join(circle)}: each waits for the next, so that none can be started; "
                "take one of these out of `depends_on`"
            ) from None


def _name(file: Path, top: list[Table]) -> str:
    named = top[-1].text("name")
    return named.text if named else file.resolve().parent.name
