"""Which of the machine's containers are meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.doctor.inspection import PROJECT, SERVICE
from harness.errors import StackError, UsageError

NEIGHBOURS_MAX = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Ids of the containers that are meant, and of those in a network with them."""

    chosen: tuple[str, ...]
    neighbours: tuple[str, ...]


def choose(summaries: Sequence[Any], names: Sequence[str], images: Sequence[str]) -> Choice:
    """By names of compose projects, containers or services; without any, whatever has an OPEA image in it.

    `images` are how those begin. Raises UsageError for a name that is none, StackError where there is no container.
    """
    if not summaries:
        raise StackError("Docker: there is no container, neither running nor stopped; raise the stack first")
    chosen = _named(summaries, names) if names else _known(summaries, images)
    networks = {name for each in chosen for name in _networks(each)} - {"bridge", "host", "none"}
    near = [each for each in summaries if each not in chosen and networks & _networks(each)]
    return Choice(tuple(_ids(chosen)), tuple(_ids(near[:NEIGHBOURS_MAX])))


def _named(summaries: Sequence[Any], names: Sequence[str]) -> list[Any]:
    found = []
    for name in names:
        meant = [each for each in summaries if name in _called(each)]
        if not meant:
            raise UsageError(
                f"{name}: is no compose project, container or service here; there are {_listed(summaries)}"
            )
        found += [each for each in meant if each not in found]
    return found


def _known(summaries: Sequence[Any], images: Sequence[str]) -> list[Any]:
    opea = [each for each in summaries if str(each.get("Image", "")).startswith(tuple(images))]
    projects = {_label(each, PROJECT) for each in opea} - {""}
    found = [each for each in summaries if each in opea or _label(each, PROJECT) in projects]
    if found:
        return found
    if len({_label(each, PROJECT) for each in summaries}) > 1:
        raise UsageError(
            f"doctor: no container here has an image of OPEA's; name the compose project or the containers: {_listed(summaries)}"
        )
    return list(summaries)


def _called(summary: Any) -> set[str]:
    names = {str(name).lstrip("/") for name in summary.get("Names") or []}
    return names | {_label(summary, PROJECT), _label(summary, SERVICE)} - {""}


def _listed(summaries: Sequence[Any]) -> str:
    projects = sorted({_label(each, PROJECT) for each in summaries} - {""})
    single = sorted(
        str(name).lstrip("/")
        for each in summaries
        if not _label(each, PROJECT)
        for name in each.get("Names") or []
    )
    shown = [*projects, *single]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


def _label(summary: Any, name: str) -> str:
    return str((summary.get("Labels") or {}).get(name, ""))


def _networks(summary: Any) -> set[str]:
    return set((summary.get("NetworkSettings") or {}).get("Networks") or {})


def _ids(summaries: Sequence[Any]) -> list[str]:
    return [str(each["Id"]) for each in summaries]
