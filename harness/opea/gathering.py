"""What a node is given: its own copy of what came in, or of what the nodes before it gave, with its parameters."""

import copy
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from harness.opea.dag import DAG
from harness.opea.hop import Hop
from harness.opea.joins import CollisionError
from harness.opea.order import Order
from harness.opea.parameters import with_parameters
from harness.opea.payload import plain
from harness.opea.problems import Problem


def gathered(order: Order, hop: Hop, graph: DAG, results: Mapping[str, Any]) -> Any:
    """The request of a node, aligned; a model that came in stays one, for hooks to read."""
    inputs = _inputs(order, hop, graph, results)
    if hop.takes_parameters:
        inputs = plain(inputs)
        if isinstance(inputs, dict):
            inputs = with_parameters(inputs, order.parameters)
    return order.aligned_inputs(hop, inputs, graph)


def _inputs(order: Order, hop: Hop, graph: DAG, results: Mapping[str, Any]) -> Any:
    before = graph.predecessors(hop.key)
    if not before:
        return _own(order.first, is_shared=len(graph.ind_nodes()) > 1)
    outputs = {key: _own(results[key], is_shared=len(graph.graph[key]) > 1) for key in before}
    try:
        if hop.policy.merge is not None:
            return hop.policy.merge(outputs)
        return order.hooks.process_outputs(before, outputs)
    except CollisionError as collision:
        expected = "outputs that agree, or a declared merge"
        raise order.problem(hop, "merge_conflict", str(collision), expected=expected) from None
    except (Problem, HTTPException):
        raise
    except Exception as wrong:  # A megaservice's own code: whatever it raises is told with the node's name.
        joining = "process_outputs" if hop.policy.merge is None else "merge"
        raise order.hook_failed(hop, joining, wrong) from wrong


def _own(value: Any, *, is_shared: bool) -> Any:
    """A value that a hook may change without another node seeing it."""
    if is_shared:
        return copy.deepcopy(value)
    return dict(value) if isinstance(value, dict) else value
