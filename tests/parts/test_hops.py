"""What crosses the hops of somebody else's stack."""

from dataclasses import replace

import pytest

from harness.checks.evidence import Evidence
from harness.checks.hops import judge_blocked, retrieval
from harness.discovery import COMP, discover
from harness.parts import correctness, hops
from tests.carried_out import session_on, wished

COMPS = discover(COMP)


@pytest.fixture
def seen(standing, tmp_path):
    """Ask the stack as if it were somebody else's, of which these nodes are named; gives the evidence, and what was not seen."""
    made = []

    def ask(**named):
        known = standing.stack.hops
        theirs = {
            name: replace(known[name], url=url or known[name].upstream, admin="")
            for name, url in named.items()
        }
        stack = replace(standing.stack, ours=False, hops=theirs)
        wish = wished("rag", ("correctness",))
        session = session_on(stack, wish, tmp_path)
        session.scenario = replace(session.scenario, nonces=2)
        made.append(session)
        unseen = standing.run(hops.witnessed(session, COMPS, correctness.carry_out))
        found = Evidence.of(session.scenario, session.run.ops, session.run.exchanges, unseen)
        return found, unseen

    yield ask
    for session in made:
        session.run.close()


def test_nodes_that_keep_a_journal_are_seen_as_behind_wires(seen, standing):
    """So that recall, and whether a blocked prompt stopped, are known of a stack that the harness did not start."""
    found, unseen = seen(**dict.fromkeys(node.name for node in standing.stack.scenario.megaservice.nodes))

    assert unseen == {}
    assert retrieval(found).recall_at_k == 1.0
    assert judge_blocked(found).verdict == "holds"


def test_of_the_others_it_is_said_why_not(seen, standing):
    """One is not named, one keeps no journal; what was seen of the third is not lost."""
    found, unseen = seen(retriever=None, llm=standing.stack.gateway)

    assert retrieval(found).recall_at_k == 1.0
    assert unseen["embedding"] == "its address is not known; --node embedding=URL names it"
    assert (
        unseen["llm"]
        == f"{standing.stack.gateway} keeps no journal: it is no wire and no mock of the harness"
    )
    assert judge_blocked(found).why == "its address is not known; --node guardrail_in=URL names it"
