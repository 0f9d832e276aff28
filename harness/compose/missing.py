"""What a compose file needs and nothing gives: told all at once, before anything is started."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.compose.notes import ENGINE, READ
from harness.compose.variables import Values, lacking
from harness.errors import StackError
from harness.lint.compose import Service
from harness.lint.finding import Spot
from harness.lint.yaml_tree import texts

SHOWN = 3


def check_images(services: Iterable[Service]) -> None:
    """Raise StackError for a service without an image."""
    for service in services:
        if "image" not in service.tree.items:
            raise StackError(f"{service.spot}: {service.name}: {_why_no_image(service)}")


def check_variables(services: Iterable[Service], renamed: frozenset[str], values: Values, file: Path) -> None:
    """Raise StackError for variables that nothing gives; the `renamed` services have another image than the file says."""
    missing: dict[str, list[Spot]] = {}
    for service in services:
        for name, spot in _lacking(service, values, is_renamed=service.name in renamed):
            missing.setdefault(name, []).append(spot)
    if missing:
        raise StackError(_told(missing, file))


def _lacking(service: Service, values: Values, *, is_renamed: bool) -> Iterator[tuple[str, Spot]]:
    for key, item in service.tree.items.items():
        if key == "ports" or (key == "image" and is_renamed):
            continue  # Where a port is published does not matter here: on a free one.
        if key in READ or key in ENGINE:
            for text in texts(item):
                for use in lacking(text.text, values):
                    why = f" ({use.word})" if use.operator.endswith("?") and use.word else ""
                    yield use.name + why, text.spot


def _why_no_image(service: Service) -> str:
    if "build" not in service.tree.items:
        return "has no image; a file that is laid over others comes after them: -f compose.yaml -f this.yaml"
    return f"has only `build`, and nothing is built here; build it and say --node {service.name}=IMAGE, or =mock:COMP"


def _told(missing: Mapping[str, list[Spot]], file: Path) -> str:
    listed = "; ".join(
        f"{name} at {', '.join(dict.fromkeys(map(str, spots[:SHOWN])))}{' and elsewhere' * (len(spots) > SHOWN)}"
        for name, spots in missing.items()
    )
    several = len(missing) > 1
    return (
        f"{file}: {len(missing)} variable{'s' * several} {'are' if several else 'is'} given by nothing: {listed}; set "
        f"{'them' if several else 'it'} in the environment, in {file.parent / '.env'} or with --env-file, "
        "or say --missing-as-empty, as docker compose has it"
    )
