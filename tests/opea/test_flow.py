"""A megaservice in a YAML file, read."""

import pytest
import yaml

from harness.errors import ScenarioError
from harness.opea.flow import Flow, read_flow

NAMES = ("s1", "s2", "s3", "s4", "s5")


def flow(tmp_path, text) -> Flow:
    path = tmp_path / "mega.yaml"
    path.write_text(text)
    return read_flow(path)


def of_rules(*rules, **nodes):
    """A file's text with these rules, and five nodes beside those given."""
    given = {name: {"endpoint": f"http://localhost:8081/v1/{name}"} for name in NAMES} | nodes
    return yaml.safe_dump({"opea_micro_services": given, "opea_mega_service": {"mega_flow": list(rules)}})


def test_rules_are_edges_between_groups(tmp_path):
    """Each node of a group flows to each of the next; upstream's own example, and a rule of one node."""
    read = flow(tmp_path, of_rules("(s1, s5) >> s2", "s2 >> (s3,s4)", "s3>>s4", "s1"))

    assert read.edges == [("s1", "s2"), ("s5", "s2"), ("s2", "s3"), ("s2", "s4"), ("s3", "s4")]
    assert list(read.endpoints) == ["s1", "s5", "s2", "s3", "s4"]
    assert read.docs["opea_micro_services"]["s3"]["endpoint"] == "http://localhost:8081/v1/s3"


def test_one_rule_may_have_many_steps(tmp_path):
    """As upstream's comment shows."""
    read = flow(tmp_path, of_rules("(s1, s2) >> s3 >> (s4, s5)"))

    assert read.edges == [("s1", "s3"), ("s2", "s3"), ("s3", "s4"), ("s3", "s5")]


def test_without_rules_all_nodes_stand_alone(tmp_path):
    """Each is asked by itself."""
    text = "opea_micro_services: {1: {endpoint: 'http://a/b'}, s2: {endpoint: 'https://c'}}\nopea_mega_service: {port: 1}"
    read = flow(tmp_path, text)

    assert (read.endpoints, read.edges) == ({"1": "http://a/b", "s2": "https://c"}, [])


def test_a_node_of_no_rule_is_not_in_the_graph(tmp_path):
    """It may stand in the file all the same, whatever it holds."""
    assert list(flow(tmp_path, of_rules("s1 >> s2", odd={})).endpoints) == ["s1", "s2"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (of_rules("s1 >> s9"), r"node s9 of mega_flow is not in opea_micro_services, which has \['s1', 's2'"),
        (of_rules("s1 >>"), r"the rule 's1 >>' has '' for nodes; a rule is one such as '\(s1, s2\) >> s3'"),
        (of_rules("(s1, s2 >> s3"), r"the rule '\(s1, s2 >> s3' has '\(s1, s2' for nodes"),
        (of_rules("s1 > s2"), r"the rule 's1 > s2' has 's1 > s2' for nodes"),
        (of_rules("s1 >> odd", odd={}), r"node odd has the endpoint None; it is a URL such as http"),
        (of_rules("odd", odd={"endpoint": "host:80/v1"}), r"node odd has the endpoint 'host:80/v1'"),
        (of_rules("odd", odd={"endpoint": "http://h:port/"}), r"node odd has the endpoint 'http://h:port/'"),
        (of_rules(), r"mega_flow is \[\]; it is a list of rules"),
        (
            "opea_micro_services: {}\nopea_mega_service: {mega_flow: s1 >> s2}",
            r"mega_flow is 's1 >> s2'; it is",
        ),
        ("opea_mega_service: {}", r"is no megaservice; it has opea_micro_services and opea_mega_service"),
        ("[", r"cannot be read as YAML: while parsing"),
    ],
)
def test_a_file_that_makes_no_sense_says_why(tmp_path, text, words):
    """One sentence, the file first."""
    with pytest.raises(ScenarioError, match=rf"mega\.yaml: {words}"):
        flow(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path):
    """Under the same kind of error."""
    with pytest.raises(ScenarioError, match=r"none\.yaml: cannot be read as YAML: .*No such file"):
        read_flow(tmp_path / "none.yaml")
