"""A compose file as a stack that a scenario can be carried out on: its megaservice is the gateway, wires stand before its nodes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from harness.asking import Asker
from harness.client import Client
from harness.compose.processes import Raise
from harness.compose.project import Project
from harness.compose.raising import Standing, standing
from harness.composition.readiness import until_ready
from harness.errors import StackError
from harness.gateway.greeting import Greeting, greet
from harness.progress import Progress
from harness.scenario import Scenario
from harness.stack.stack import Hop, Keeping, Stack
from harness.stack.where import Where

SERVICES = ("opea",)  # What opea-comps calls itself in traces.


@asynccontextmanager
async def stack_of(
    scenario: Scenario, where: Where, keeping: Keeping, progress: Progress, client: Client
) -> AsyncIterator[Stack]:
    """The stack while the context lasts; raises StackError where it does not get ready, or its megaservice calls none of its nodes."""
    project = where.project
    assert project is not None
    assert project.megaservice is not None
    wish = Raise(project, where, keeping, project.nodes_for(scenario), scenario.settings)
    async with standing(wish, progress) as found:
        running = found.running
        stack = Stack(
            scenario,
            running.url(running.composition.gateway),
            found.hops,
            client,
            found.query,
            children={**found.children, "containers": running},
            services=SERVICES,
            image=project.megaservice.image,
            environment={  # Not all that it is told: some of that may be secret.
                name: project.megaservice.environment[name] for name in project.called_by(project.megaservice)
            },
            containers={name: running.containers[each] for name, each in running.composition.nodes.items()},
        )

        async def renew() -> None:
            gateway = running.composition.service(running.composition.gateway)
            await asyncio.to_thread(running.containers[gateway.name].begin_again)
            await until_ready(gateway, running.containers[gateway.name], None, client)

        stack.renew = renew
        await _greeted(stack, project, found, where.boot_limit_s)
        yield stack


async def _greeted(stack: Stack, project: Project, found: Standing, limit_s: float) -> None:
    """See that it answers and calls its nodes through their wires; raises StackError with its last words where it does not."""
    scenario = stack.scenario
    first = next((each for each in scenario.questions if not each.blocked), scenario.questions[0])
    journals = tuple(hop.journal for hop in _called(scenario, found.hops))
    asker = Asker(stack.client, stack.endpoint, scenario)
    greeting = Greeting(asker, stack.client, first, scenario.modes[0], journals, limit_s)
    gateway = project.megaservice
    assert gateway is not None
    try:
        await greet(greeting, gateway.name, project.called_by(gateway))
    except StackError as error:
        said = found.running.containers[found.running.composition.gateway].last_words(15)
        raise StackError("\n".join((str(error), *(f"  {line}" for line in said)))) from None


def _called(scenario: Scenario, hops: Mapping[str, Hop]) -> list[Hop]:
    support = {node.name for node in scenario.megaservice.support}
    return [hop for name, hop in hops.items() if name not in support]
