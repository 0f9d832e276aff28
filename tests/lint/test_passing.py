"""What passes from node to node."""

from pydantic import BaseModel

from harness.comp import Comp, Endpoint, Variant
from harness.lint.finding import Spot
from harness.lint.graph import Edge, Graph
from harness.lint.passing import Passing, fields, required


class Text(BaseModel):
    """A text."""

    text: str
    id: str = ""


class Vector(BaseModel):
    """A text and its vector."""

    text: str
    vector: list[float]


class Talk(BaseModel):
    """A talk."""

    messages: list[str]
    id: str = ""


def contract(*shapes):
    """Return a comp of one endpoint with these requests and replies."""
    variants = tuple(Variant(str(at), *shape, examples=()) for at, shape in enumerate(shapes))
    endpoint = Endpoint("/x", print, variants, "source-only", "none")
    return [(Comp("c", "c", 1, (endpoint,)), endpoint)]


def breaks(flows, **contracts):
    """Return the edges at which what comes cannot be read."""
    edges = [Edge(*flow.split(">"), Spot("m.py", at)) for at, flow in enumerate(flows.split())]
    passing = Passing(Graph("f", "m", edges=edges), lambda key: contracts.get(key, []))
    return [f"{each.edge.before}>{each.edge.after}" for each in passing.breaks()]


def test_a_reply_that_has_what_a_request_needs_passes():
    """More than that does no harm; less does, and so does nothing in common."""
    text, embed, talk = contract((Text, Text)), contract((Text, Vector)), contract((Talk, Talk))

    assert breaks("a>b", a=embed, b=text) == []
    assert breaks("a>b", a=text, b=contract((Vector, Text))) == ["a>b"]
    assert breaks("a>b", a=text, b=talk) == ["a>b"]


def test_a_reply_of_no_fields_does_not_pass():
    """A list, bytes, nothing."""
    assert breaks("a>b", a=contract((Text, list[float])), b=contract((Text, Text))) == ["a>b"]


def test_only_contracts_that_what_came_leads_to_are_in_use():
    """A node that echoes a talk does not make one of a text."""
    echo = contract((Text, Vector), (Talk, Talk))

    assert breaks("a>b b>c", a=contract((Text, Text)), b=echo, c=contract((Talk, Talk))) == ["b>c"]
    assert breaks("b>c", b=echo, c=contract((Talk, Talk))) == []


def test_after_a_break_the_first_contract_is_in_use():
    """It is the one that a mended graph would use."""
    echo = contract((Vector, Vector), (Talk, Talk))

    assert breaks("a>b b>c", a=contract((Text, Text)), b=echo, c=contract((Talk, Talk))) == ["a>b", "b>c"]


def test_a_join_reads_what_all_bring_together():
    """One brings the text, the other the vector."""
    vector_alone = contract((Text, Vector))
    need = contract((Vector, Text))

    assert breaks("a>c b>c", a=contract((Text, Text)), b=vector_alone, c=need) == []
    assert breaks("a>c b>c", a=contract((Text, Text)), b=contract((Text, Text)), c=need) == ["b>c"]


def test_a_node_that_is_not_known_breaks_nothing():
    """Nor does what comes after it, nor a cycle."""
    text = contract((Text, Text))

    assert breaks("a>b", a=text) == breaks("a>b", b=text) == []
    assert breaks("a>b b>a", a=text, b=text) == []


def test_fields_of_what_is_no_model_are_none():
    """And nothing is required."""
    assert (fields(Text), required(Text)) == ({"text", "id"}, {"text"})
    assert (fields(bytes), required(list[Text]), fields(None)) == (frozenset(), frozenset(), frozenset())
