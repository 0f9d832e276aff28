"""A contract as it is asked of what stands at one node: its examples with that one's model and vectors, and the routes that are called there."""

from collections.abc import Callable
from dataclasses import replace

from harness.comp import Comp, Endpoint, Example
from harness.megaservice import Node

Fit = Callable[[object], object]


def fitted(comp: Comp, node: Node, fit: Fit | None) -> Comp:
    """The comp with every example's request rewritten by `fit`; of a server that is not OPEA's, only the route that the graph calls.

    A model server has a dozen more, and examining those is for `opea-harness validate`.
    """
    endpoints = comp.endpoints
    if not comp.framework:
        endpoints = tuple(each for each in endpoints if each.path == node.path) or endpoints
    if fit is not None:
        endpoints = tuple(_fitted(each, fit) for each in endpoints)
    return replace(comp, endpoints=endpoints)


def _fitted(endpoint: Endpoint, fit: Fit) -> Endpoint:
    return replace(
        endpoint,
        variants=tuple(
            replace(variant, examples=tuple(_asked(each, fit) for each in variant.examples))
            for variant in endpoint.variants
        ),
    )


def _asked(example: Example, fit: Fit) -> Example:
    return replace(example, request=fit(example.request))
