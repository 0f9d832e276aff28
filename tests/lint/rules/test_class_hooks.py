"""hooks-shared."""

from tests.lint.graphs import megaservice

RULE = "hooks-shared"


def service(name, hook):
    """Return a class that sets a hook on the class of all orchestrators."""
    return f"class {name}:\n    def __init__(self):\n        ServiceOrchestrator.align_inputs = {hook}"


def test_two_classes_that_set_one_hook_are_found(linted):
    """The later one wins for both."""
    text = megaservice(service("Chat", "chat"), service("Code", "code"))

    assert linted(RULE, {"m.py": text}) == [
        "m.py:9 Code assigns align_inputs on the class of all orchestrators, and so did Chat in line 6"
    ]


def test_what_cannot_differ_is_silent(linted):
    """One class, the same function twice, hooks of two names, or of an orchestrator of one's own."""
    own = "class A:\n    def __init__(self):\n        self.m.align_inputs = {}"
    silent = [
        [service("Chat", "chat")],
        [service("Chat", "align"), service("Code", "align")],
        [service("Chat", "chat"), service("Code", "code").replace("inputs", "outputs")],
        [own.format("a"), own.format("b").replace("class A", "class B")],
    ]

    assert [linted(RULE, {"m.py": megaservice(*each)}) for each in silent] == [[]] * 4


def test_setattr_sets_a_hook_too(linted):
    """As a name in a text."""
    sets = 'class Code:\n    def __init__(self):\n        setattr(ServiceOrchestrator, "align_inputs", code)'

    assert len(linted(RULE, {"m.py": megaservice(service("Chat", "chat"), sets)})) == 1
