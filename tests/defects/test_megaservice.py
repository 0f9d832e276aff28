"""The program that is run on both engines."""

from harness.defects.catalogue import DEFECTS


def test_every_graph_is_built_or_refused(ours):
    """What was built is told before anything is asked: the nodes behind each node, or why there is no graph."""
    facts = ours.bench.facts
    refused = sorted(slug for slug, told in facts.items() if told["refused"])

    assert sorted(facts) == sorted(case.slug for defect in DEFECTS for case in defect.cases)
    assert refused == ["cycle", "unknown-node"]
    assert facts["branch"]["downstream"] == {"first": ["gone", "slow"], "gone": [], "slow": []}


def test_limits_are_those_that_are_configured(ours):
    """Of the reference engine: to connect, of silence, to the first byte, of a node and of a request."""
    answer = ours.runner.run(ours.bench.client.request("GET", f"{ours.bench.url}/limits"))

    assert answer.body == b'{"limits_s":[5.0,60.0,120.0,600.0]}'
