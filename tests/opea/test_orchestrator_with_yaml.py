"""A graph that a YAML file describes, on our engine."""

import asyncio

import pytest
import yaml

from harness.opea import Problem, ServiceOrchestrator, ServiceOrchestratorWithYaml
from harness.opea.dag import CycleError
from tests.opea.asking import pending
from tests.opea.lab import Lab, Late, Raw


def orchestrator(tmp_path, rules, endpoints) -> ServiceOrchestratorWithYaml:
    nodes = {name: {"endpoint": endpoint} for name, endpoint in endpoints.items()}
    path = tmp_path / "mega.yaml"
    path.write_text(yaml.safe_dump({"opea_micro_services": nodes, "opea_mega_service": {"mega_flow": rules}}))
    return ServiceOrchestratorWithYaml(yaml_file_path=str(path))


def asked(tmp_path, rules, replies, *texts):
    """The lab, the orchestrator and what each of several requests at once gave, of nodes that answer so."""

    async def main():
        async with Lab() as lab:
            services = [await lab.node(name, reply) for name, reply in replies.items()]
            endpoints = {service.title: service.endpoint_path() for service in services}
            made = orchestrator(tmp_path, rules, endpoints)
            told = await asyncio.gather(
                *(made.schedule({"text": text}) for text in texts), return_exceptions=True
            )
            return lab, made, told

    before = pending()
    try:
        return asyncio.run(main())
    finally:
        assert pending() == before


def adding(words):
    return lambda body: {"text": body["text"] + words}


def test_a_request_flows_along_the_rules(tmp_path):
    """The results are under the names of the file."""
    lab, made, _ = asked(
        tmp_path, ["s1 >> s2"], {"s1": adding("opea, "), "s2": adding("project!")}, "hello, "
    )

    assert made.result_dict["s2"]["text"] == "hello, opea, project!"
    assert lab.headers("s1")["content-type"] == "application/json"


def test_the_graph_is_there_although_nobody_serves(tmp_path):
    """Leaves, and what stands in the file, as upstream's tests ask."""
    hosts = {name: f"http://fakehost:808{name[1]}/v1/add?k=1" for name in ("s1", "s2", "s3", "s4", "s5")}
    made = orchestrator(tmp_path, ["(s1, s5) >> s2", "s2 >> (s3, s4)", "s3 >> s4"], hosts)

    assert made.all_leaves() == ["s4"]
    assert made.docs["opea_micro_services"]["s1"]["endpoint"] == hosts["s1"]
    assert {name: service.endpoint_path() for name, service in made.services.items()} == hosts
    assert isinstance(made, ServiceOrchestrator)


def test_requests_at_once_keep_their_results(tmp_path):
    """Each gets its own, and `result_dict` holds those of one of them."""
    slow = lambda body: Late({"text": body["text"] + "!"}, 0.05)  # noqa: E731
    _, made, told = asked(tmp_path, ["s1 >> s2"], {"s1": slow, "s2": slow}, "A", "B")

    assert [results["s2"]["text"] for results, _ in told] == ["A!!", "B!!"]
    assert made.result_dict in [results for results, _ in told]


def test_a_node_that_fails_ends_the_request(tmp_path):
    """Its name is told, and the next node is not asked."""
    lab, made, (problem,) = asked(
        tmp_path, ["s1 >> s2"], {"s1": Raw(b'{"detail": "no"}', status=500), "s2": adding("")}, "hello"
    )

    assert isinstance(problem, Problem)
    assert (problem.failure.node, problem.failure.kind) == ("s1", "upstream_5xx")
    assert (lab.bodies("s2"), made.result_dict) == ([], {})


def test_the_answer_is_never_a_stream(tmp_path):
    """A refusal is not made one either: the nodes of a file have no kind, and upstream answers whole."""
    _, made, _ = asked(tmp_path, ["s1"], {"s1": {"text": "no", "downstream_black_list": [".*"]}}, "hello")

    assert made.result_dict == {"s1": {"text": "no", "downstream_black_list": [".*"]}}


def test_final_outputs_are_printed_and_given(tmp_path, capsys):
    """Those of the last request unless others are given."""
    _, made, ((results, graph),) = asked(
        tmp_path, ["s1 >> (s2, s3)"], {name: {"a": 1} for name in ("s1", "s2", "s3")}, "q"
    )
    given = made.get_all_final_outputs(results, graph)
    silent = capsys.readouterr().out

    assert made.get_all_final_outputs() == given == {"s2": {"a": 1}, "s3": {"a": 1}}
    assert (silent, capsys.readouterr().out) == ("", "{'a': 1}\n{'a': 1}\n")


def test_a_cycle_is_told_when_the_file_is_read(tmp_path):
    """With the file and the edge."""
    with pytest.raises(CycleError, match=r"mega\.yaml: the edge s2 -> s1 closes a cycle"):
        orchestrator(tmp_path, ["s1 >> s2", "s2 >> s1"], {"s1": "http://a", "s2": "http://b"})
