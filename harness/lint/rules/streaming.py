"""A request that asks for no stream, which the orchestrator's LLM parameters overwrite."""

import ast
from collections.abc import Iterator

from harness.lint.finding import Found, Rule
from harness.lint.graph import Graph
from harness.lint.megaservice import Megaservice
from harness.lint.program import Scope
from harness.lint.sources import Sources
from harness.lint.values import Names

_STREAMERS = ("LLM", "LVM")


def _find(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        if not _has_streamer(megaservice.graphs):
            continue
        for scope in megaservice.program.scopes:
            yield from _in(megaservice, scope)


def _has_streamer(graphs: tuple[Graph, ...]) -> bool:
    return any(node.service_type in _STREAMERS for graph in graphs for node in graph.members)


def _in(megaservice: Megaservice, scope: Scope) -> Iterator[Found]:
    for node in scope.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="schedule"), args=args, keywords=words):
                named = {word.arg: word.value for word in words}
                inputs = named.get("initial_inputs", args[0] if args else None)
                parameters = named.get("llm_parameters", args[1] if len(args) > 1 else None)
                off = _stream_off(_meant(inputs, scope.names))
                if off is not None and None not in named and _streams(_meant(parameters, scope.names)):
                    given = (
                        "no llm_parameters are given"
                        if parameters is None
                        else "the llm_parameters do not say so"
                    )
                    yield Found(
                        megaservice.program.spot(off),
                        f"`stream: False` is overwritten with True, because {given}",
                    )


def _meant(expression: ast.expr | None, names: Names) -> ast.expr | None:
    """The expression, or what its name stands for."""
    if isinstance(expression, ast.Name | ast.Attribute):
        return names.find(ast.unparse(expression)) or expression
    return expression


def _stream_off(inputs: ast.expr | None) -> ast.expr | None:
    """Where the inputs ask for no stream."""
    if not isinstance(inputs, ast.Dict):
        return None
    for key, value in zip(inputs.keys, inputs.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "stream" and getattr(value, "value", None) is False:
            return value
    return None


def _streams(parameters: ast.expr | None) -> bool:
    """Do these parameters say nothing of a stream, so that OPEA's default holds?"""
    if parameters is None:
        return True
    return (
        isinstance(parameters, ast.Call)
        and ast.unparse(parameters.func).rpartition(".")[2] == "LLMParams"
        and not parameters.args
        and not any(word.arg in ("stream", None) for word in parameters.keywords)
    )


RULES = (
    Rule(
        "stream-overwritten",
        "OPEA writes every LLM parameter over the caller's, and LLMParams streams by default: the answer is a stream that the "
        "code behind it does not read, and the client gets none.",
        "Give the orchestrator `llm_parameters=LLMParams(stream=False)`",
        _find,
    ),
)
