"""The little Cypher that is spoken here, statement by statement."""

import pytest

from mocks._cypher import CypherError, run
from mocks._graph import Graph, fill


@pytest.fixture
def graph():
    """The mock's own graph."""
    made = Graph()
    fill(made)
    return made


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("MATCH (d:disease) RETURN d.name LIMIT 2", [{"d.name": "Diabetes"}, {"d.name": "Migraine"}]),
        ("match (d:disease {name: 'Asthma'}) return d", [{"d": {"name": "Asthma"}}]),
        ("MATCH (d)-[:TREATMENT]->(m {name: 'insulin'}) RETURN d.name AS who", [{"who": "Diabetes"}]),
        ("MATCH (m {name: 'insulin'})<-[r]-(d) RETURN type(r), d.name;", [{"type(r)": "TREATMENT", "d.name": "Diabetes"}]),
        ("MATCH (m {name: 'insulin'})--(d) RETURN d.name", [{"d.name": "Diabetes"}]),
        ("MATCH (m {name: 'insulin'})-->(d) RETURN d.name", []),
        ("MATCH (d:disease)-[:MANIFESTATION]->(s) RETURN count(s)", [{"count(s)": 6}]),
        ("MATCH (d:disease)-[:MANIFESTATION]->() RETURN DISTINCT d.name LIMIT 1", [{"d.name": "Diabetes"}]),
        ("MATCH (d:disease) WHERE d.name STARTS WITH 'A' AND d.name <> 'B' RETURN d.name", [{"d.name": "Asthma"}]),
        ("MATCH (d:disease) WHERE d.name CONTAINS 'grain' RETURN d.name", [{"d.name": "Migraine"}]),
        ("MATCH (d) WHERE d.name = 'Asthma' RETURN d.nothing", [{"d.nothing": None}]),
        ("MATCH (a:disease)-[:TREATMENT]->(m), (a)-[:HOME_REMEDY]->(h {name: 'honey'}) RETURN m.name", [{"m.name": "salbutamol"}]),
        ("// who\nMATCH (d:disease) // all\nRETURN count(*) AS n", [{"n": 3}]),
        ("MATCH (n:nothing) RETURN n", []),
    ],
)  # fmt: skip
def test_what_is_asked_is_found(graph, statement, rows):
    """In the order that it was put in."""

    assert run(statement, graph) == rows


def test_what_is_merged_is_there_once_and_what_is_created_again():
    """Variables carry from clause to clause; words within quotes are no clauses."""
    graph = Graph()
    statement = "MERGE (a:city {name: 'MATCH \\'x\\' // y'})-[:IN]->(c:country {pop: 5, area: 1.5}) MERGE (b:city {name: \"B\"})-[:NEAR]->(a)"
    run(statement, graph)
    run(statement, graph)

    assert run("MATCH (b)-[:NEAR]->(a)-[:IN]->(c {pop: 5}) RETURN a.name, b.name, c.area", graph) == [
        {"a.name": "MATCH 'x' // y", "b.name": "B", "c.area": 1.5}
    ]

    run("CREATE (:city {name: 'B'})<-[:NEAR]-(:city)", graph)

    assert run("MATCH (b:city {name: 'B'}) RETURN count(b)", graph) == [{"count(b)": 2}]
    assert run("MATCH (b:city {name: 'B'})<-[r]-() RETURN count(r)", graph) == [{"count(r)": 1}]


def test_what_is_deleted_takes_its_edges_along(graph):
    """And an edge can go alone."""
    run("MATCH (d:disease {name: 'Asthma'})-[r:TREATMENT]->() DELETE r", graph)

    assert run("MATCH ({name: 'Asthma'})-[r]->() RETURN count(r)", graph) == [{"count(r)": 4}]

    run("MATCH (n) DETACH DELETE n", graph)

    assert (graph.nodes, graph.edges) == ([], [])


@pytest.mark.parametrize("loads", ["LOAD CSV WITH HEADERS FROM 'x' AS r", "CALL apoc.load.json('x')"])
def test_a_loader_brings_the_ailments_and_fetches_nothing(loads):
    """A mock speaks to nobody."""
    graph = Graph()

    assert run(loads, graph) == []
    assert run("MATCH (d:disease) RETURN count(d)", graph) == [{"count(d)": 3}]


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("", "cypher: '' begins with no MATCH, MERGE or CREATE"),
        ("who is there?", "cypher: 'who is there?' begins with no MATCH, MERGE or CREATE"),
        ("MATCH (n RETURN n", "cypher: '(n' is no node"),
        ("MATCH RETURN n", "cypher: a clause has no pattern"),
        ("MATCH (n) nonsense RETURN n", "cypher: 'nonsense' is no part of a pattern"),
        ("MATCH (n) RETURN m", "cypher: 'm' is no variable; they are ['n']"),
        ("MATCH (n) RETURN n + 1", "cypher: 'n + 1' cannot be returned"),
        ("MATCH (n) WHERE n.x ~ 1 RETURN n", "cypher: 'n.x ~ 1' is no condition that is understood here"),
        ("MATCH (n) RETURN n LIMIT x", "cypher: LIMIT 'x' is no number"),
    ],
)
def test_what_is_no_cypher_is_told(graph, statement, why):
    """With the part that could not be read."""
    with pytest.raises(CypherError) as caught:
        run(statement, graph)

    assert str(caught.value) == why
