"""All checks of a comp, and their verdicts on what answers at an address."""

from collections.abc import Sequence

from harness.client import Client, Limits
from harness.comp import Comp
from harness.contract.check import Check
from harness.contract.families import of_comp
from harness.contract.talk import LIMITS, Talk
from harness.errors import ContractError
from harness.verdict import Verdict


def checks(comp: Comp, *, with_drawn: bool = True) -> tuple[Check, ...]:
    """Every check of a comp, in a fixed order; raises ContractError for two of one id, and for none at all.

    Without `with_drawn` those are left out that draw requests by Hypothesis.
    """
    if not comp.endpoints:
        raise ContractError(f"{comp.id}: has no endpoint, so nothing can be checked; a comp has one at least")
    found = of_comp(comp, with_drawn=with_drawn)
    ids = [check.id for check in found]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ContractError(f"{comp.id}: two checks are called {twice[0]}; names in a contract differ")
    return tuple(found)


async def verify(
    comp: Comp, url: str, client: Client, chosen: Sequence[Check] | None = None, *, limits: Limits = LIMITS
) -> list[Verdict]:
    """The verdicts of all checks (or of those chosen), one after the other."""
    talk = Talk(client, url, comp, limits)
    return [await check.judge(talk) for check in (checks(comp) if chosen is None else chosen)]
