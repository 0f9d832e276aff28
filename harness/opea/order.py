"""What holds for one request in all its nodes, and how a megaservice's hooks are called for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException

from harness.opea.attempt import Caller
from harness.opea.dag import DAG
from harness.opea.hop import Hop
from harness.opea.metrics import Ticket
from harness.opea.problems import Failure, Problem, ProblemKind, status_of
from harness.opea.proto.docarray import LLMParams
from harness.sse import DialectName


@dataclass(frozen=True, slots=True)
class Hooks:
    """A megaservice's hooks, bound to it; `align_generator` is None where none was set."""

    align_inputs: Callable[..., Any]
    align_outputs: Callable[..., Any]
    align_generator: Callable[[Any], Any] | None
    process_outputs: Callable[[list[str], dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """One request: `first` is what came in, `dialect` that of the answer's stream, None for the node's own.

    `parameters` hold `stream` as it was decided.
    """

    caller: Caller
    hops: Mapping[str, Hop]
    hooks: Hooks
    parameters: LLMParams
    parameters_dict: dict[str, Any]
    kwargs: dict[str, Any]
    dialect: DialectName | None
    ticket: Ticket
    first: Any
    is_streaming: bool

    def of_sentence(self, sentence: str) -> "Order":
        """The order of one sentence of a stream: a whole reply to it is wanted."""
        parameters = self.parameters.model_copy(update={"stream": False})
        return replace(
            self,
            parameters=parameters,
            parameters_dict=parameters.model_dump(),
            first={"text": sentence},
            is_streaming=False,
        )

    @property
    def own_dialect(self) -> DialectName:
        """How the engine itself writes a stream: a hook is given what a model server sends."""
        return self.dialect or ("openai" if self.hooks.align_generator else "py_bytes")

    def aligned_inputs(self, hop: Hop, inputs: Any, graph: DAG) -> Any:
        """A node's request."""
        try:
            return self.hooks.align_inputs(inputs, hop.key, graph, self.parameters_dict, **self.kwargs)
        except (Problem, HTTPException):
            raise
        except Exception as wrong:  # The megaservice's own code: told with the node's name.
            raise self.hook_failed(hop, "align_inputs", wrong) from wrong

    def aligned_outputs(self, hop: Hop, data: Any, inputs: Any, graph: DAG) -> Any:
        """A node's output, of its reply and the request that it was sent."""
        try:
            return self.hooks.align_outputs(data, hop.key, inputs, graph, self.parameters_dict, **self.kwargs)
        except (Problem, HTTPException):
            raise
        except Exception as wrong:  # The same.
            raise self.hook_failed(hop, "align_outputs", wrong) from wrong

    def hook_failed(self, hop: Hop, hook: str, wrong: Exception) -> Problem:
        """A hook that raised could not read what it was given."""
        words = f"{hook} failed for it: {type(wrong).__name__}: {wrong}"
        return self.problem(hop, "bad_schema", words, expected=f"what {hook} can read")

    def problem(self, hop: Hop, kind: ProblemKind, words: str, *, expected: str) -> Problem:
        """A failure of the graph at a node, with no reply to blame."""
        failure = Failure(
            node=hop.name,
            kind=kind,
            detail=words,
            status=status_of(kind),
            expected=expected,
            actual=words,
            request_id=self.caller.scope.request_id,
        )
        return Problem(failure)
