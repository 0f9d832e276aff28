"""A graph of ailments, and the Cypher that questions about it mean."""

import pytest

from mocks._graph import AILMENTS, Graph, cypher_for, fill, sentences


@pytest.fixture
def graph():
    """The mock's own graph."""
    made = Graph()
    fill(made)
    return made


def test_filling_twice_makes_nothing_twice(graph):
    """Nodes and edges are found again by what they are."""
    before = len(graph.nodes), len(graph.edges)
    fill(graph)

    assert (len(graph.nodes), len(graph.edges)) == before
    assert len({each.name for each in graph.nodes}) == len(graph.nodes)


def test_what_is_made_anew_is_made_again(graph):
    """As CREATE does, and MERGE does not."""
    one, other = (graph.node("disease", {"name": "Asthma"}, anew=anew) for anew in (False, True))

    assert one is not other
    assert graph.edge(one, "x", other) is not graph.edge(one, "x", other, anew=True)


def test_a_cleared_graph_holds_nothing(graph):
    """Neither nodes nor edges."""
    graph.clear()

    assert (graph.nodes, graph.edges) == ([], [])


@pytest.mark.parametrize(
    ("question", "cypher"),
    [
        (
            "what are the symptoms for Diabetes?",
            "MATCH (d:disease {name: 'Diabetes'})-[:MANIFESTATION]->(s:symptom) RETURN s.name",
        ),
        (
            "which disease has nausea as a sign?",
            "MATCH (d:disease)-[:MANIFESTATION]->(s:symptom {name: 'nausea'}) RETURN d.name",
        ),
        (
            "Which medicine treats asthma?",
            "MATCH (d:disease {name: 'Asthma'})-[:TREATMENT]->(m:medication) RETURN m.name",
        ),
        (
            "What to eat with Migraine?",
            "MATCH (a:disease {name: 'Migraine'})-[:HOME_REMEDY]->(d:diet) RETURN d.name",
        ),
        ("How many diseases are there?", "MATCH (d:disease) RETURN count(d)"),
        ("list all precautions", "MATCH (p:precaution) RETURN p.name"),
        ("how is the weather?", None),
    ],
)
def test_a_question_means_the_relation_that_it_is_about(graph, question, cypher):
    """By the name of a thing, its label, or what else people call it."""

    assert cypher_for(question, graph) == cypher


def test_of_a_thing_that_is_related_to_nothing_nothing_can_be_asked():
    """Quotes in names are kept out of the Cypher's own."""
    graph = Graph()
    lone = graph.node("city", {"name": "O'Fallon"})

    assert cypher_for("What about O'Fallon?", graph) is None

    graph.edge(lone, "IN", graph.node("country", {"name": "USA"}))

    assert cypher_for("What about O'Fallon?", graph) == (
        "MATCH (a:city {name: 'O\\'Fallon'})-[:IN]->(c:country) RETURN c.name"
    )


def test_every_fact_is_a_sentence():
    """One for each ailment and label."""

    assert len(sentences()) == sum(map(len, AILMENTS.values()))
    assert sentences()[0] == "The symptoms of Diabetes are thirst and fatigue."
