"""Which comp a service is: what the user says, else what is known of its image."""

from collections.abc import Mapping
from dataclasses import replace

from harness.comp import Comp
from harness.compose.asked import MOCK, MOCK_OF
from harness.compose.megaservice import TELLING
from harness.doctor.composed import real_name
from harness.errors import UsageError
from harness.lint.compose import Service
from harness.lint.contracts import Contracts
from harness.lint.finding import Text
from harness.lint.yaml_tree import Tree


def comp_of(service: Service, place: str, comps: Mapping[str, Comp]) -> Comp | None:
    """The comp, or None for what is none; `place` is what `--node` says. Raises UsageError for a comp that is none, or not known."""
    if place.startswith(MOCK_OF):
        named = comps.get(place.removeprefix(MOCK_OF))
        if named is None:
            raise UsageError(f"--node {service.name}={place}: is no comp; comps are {', '.join(comps)}")
        return named
    found = _by_image(service, Contracts(comps))
    if found is None and place == MOCK:
        raise UsageError(
            f"--node {service.name}=mock: no comp is known by the image {service.image!r}; "
            f"--node {service.name}=mock:COMP says which one it is"
        )
    return found


def _by_image(service: Service, contracts: Contracts) -> Comp | None:
    image = real_name(service.image)
    if TELLING in service.environment and not image.startswith("opea/llm-"):
        return (
            None  # Only a megaservice is told where the megaservice is; some bear the name of a comp's image.
        )
    for each in (image, f"opea/{image.rpartition('/')[2]}"):
        found = contracts.of_service(_imaged(service, each))
        if found:
            return min(found, key=lambda comp: (len(comp.id), comp.id))
    return None


def _imaged(service: Service, image: str) -> Service:
    """The service with an image by another name, to be looked up by."""
    items: dict[str, Tree] = {**service.tree.items, "image": Text(image.replace("$", "$$"), service.spot)}
    return replace(service, tree=replace(service.tree, items=items))
