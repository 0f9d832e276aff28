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


def gathered(order: Order, hop: Hop, graph: DAG, results: Mapping[str, Any], *, is_alone: bool) -> Any:
    """The request of a node, aligned; a model that came in stays one, for hooks to read. `is_alone`: one node is given what came in."""
    before = graph.predecessors(hop.key)
    if before:
        outputs = {key: _own(results[key], is_shared=len(graph.graph[key]) > 1) for key in before}
        inputs = _joined(order, hop, outputs)
    else:
        inputs = _own(order.first, is_shared=not is_alone)
    if hop.takes_parameters:
        inputs = plain(inputs)
        if isinstance(inputs, dict):
            inputs = with_parameters(inputs, order.parameters)
    return order.aligned_inputs(hop, inputs, graph)


def _joined(order: Order, hop: Hop, outputs: dict[str, Any]) -> Any:
    try:
        if hop.policy.merge is not None:
            return hop.policy.merge(outputs)
        return order.hooks.process_outputs(list(outputs), outputs)
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
