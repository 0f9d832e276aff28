"""Hooks that two megaservices of one file assign on the one class they share."""

from collections.abc import Iterator
from itertools import pairwise

from harness.lint.finding import Found, Rule
from harness.lint.hooks import HOOKS
from harness.lint.sources import Sources


def _find(sources: Sources) -> Iterator[Found]:
    for megaservice in sources.megaservices:
        for name in HOOKS:
            hooks = [hook for hook in megaservice.hooks if hook.name == name and hook.on_class]
            for first, hook in pairwise(hooks):
                if hook.owner != first.owner and hook.value != first.value:
                    yield Found(
                        hook.spot,
                        f"{hook.owner or 'this file'} assigns {name} on the class of all orchestrators, and so did "
                        f"{first.owner or 'this file'} in line {first.spot.line}",
                    )


RULES = (
    Rule(
        "hooks-shared",
        "The hook belongs to every orchestrator of the process: the megaservice that is built last changes what the others send.",
        "Derive a class from ServiceOrchestrator for each megaservice and define the hooks there, or keep one megaservice a file",
        _find,
    ),
)
