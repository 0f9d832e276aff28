"""Does every node of the graph keep the contract of its comp? Asked of the node itself, not through its wire."""

from collections.abc import Mapping
from dataclasses import replace

from harness.client import Limits
from harness.comp import Comp
from harness.contract import Check, checks, verify
from harness.contract.fitting import fitted
from harness.contract.talk import LIMITS
from harness.errors import ScenarioError
from harness.megaservice import Node, order
from harness.scenario import Scenario
from harness.session import Session
from harness.stack.stack import Hop
from harness.verdict import Verdict, unknown


async def carry_out(session: Session, comps: Mapping[str, Comp]) -> list[Verdict]:
    """All verdicts on all nodes whose address is known; nodes of which it is not are unknown, with the reason.

    Comps in `support` are left out: checking dataprep would empty the store that the questions need.
    """
    names = order(session.scenario.megaservice)
    hops = [session.stack.hops[name] for name in names if name in session.stack.hops]
    asked = [
        (hop, fitted(_comp(hop, comps), hop.node, session.scenario.fits.get(hop.node.name))) for hop in hops
    ]
    session.progress.begin("contracts", sum(len(_checks(comp)) for _, comp in asked))
    unnamed = {name: why for name, why in session.stack.unknown.items() if name in names}
    verdicts = [unknown(f"contract.{name}", name, why) for name, why in unnamed.items()]
    for hop, comp in asked:
        limits = _limits(hop.node)
        for check in _checks(comp):
            (verdict,) = await verify(comp, hop.upstream, session.stack.client, (check,), limits=limits)
            verdicts.append(replace(verdict, subject=hop.node.name))
            session.progress.step(verdict.id, failed=verdict.verdict == "violated")
    session.progress.end()
    return verdicts


def checks_at(node: Node, scenario: Scenario, comp: Comp) -> tuple[Check, ...]:
    """The checks of a node's comp as it is asked there."""
    return _checks(fitted(comp, node, scenario.fits.get(node.name)))


def _checks(comp: Comp) -> tuple[Check, ...]:
    """The checks of a comp but for those that draw requests: `-m contract` and `validate` have the time for these."""
    return checks(comp, with_drawn=False)


def _limits(node: Node) -> Limits:
    """A node that may take its time in the graph may take it here."""
    return replace(
        LIMITS,
        first_byte_s=max(LIMITS.first_byte_s, node.limits.first_byte_s),
        idle_s=max(LIMITS.idle_s, node.limits.idle_s),
        total_s=max(LIMITS.total_s, node.limits.total_s),
    )


def _comp(hop: Hop, comps: Mapping[str, Comp]) -> Comp:
    if hop.node.comp not in comps:
        raise ScenarioError(
            f"{hop.node.name}: is a {hop.node.comp}, which is no comp; comps are {', '.join(comps)}"
        )
    return comps[hop.node.comp]
