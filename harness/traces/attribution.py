"""Which node does a span belong to? The surest way that the spans allow: `propagated`, else `fifo`, else `none`.

`propagated`: the trace context crosses hops, so parents tell. `fifo`: real opea-comps, whose traces are joined by order
of time. `none`: the spans name no node.
"""

from collections.abc import Sequence

from harness.traces.calls import Attribution
from harness.traces.opea_spans import attribute_opea, is_request
from harness.traces.propagated import attribute_propagated, entry
from harness.traces.span import Trace

NO_REQUESTS = "no span in which the megaservice serves a request was found"


def attribute(traces: Sequence[Trace]) -> Attribution:
    """Requests and their nodes' calls from traces of one megaservice."""
    if any(entry(trace) for trace in traces):
        return attribute_propagated(traces)
    if any(is_request(trace) for trace in traces):
        return attribute_opea(traces)
    loose = attribute_propagated(traces)
    return Attribution(
        requests=(),
        strategy="none",
        confidence=None,
        loose_calls=loose.loose_calls,
        orphans=loose.orphans,
        unattributed=loose.unattributed,
        duplicates=loose.duplicates,
        warnings=(NO_REQUESTS,),
    )
