"""Several compose files as one stack."""

from harness.lint.yaml_merge import beside, merge
from harness.lint.yaml_tree import texts


def said(service):
    """Return all texts of a service."""
    return [text.text for text in texts(service)]


def test_later_files_go_over_earlier_ones(write):
    """Lists and mappings of one setting meet; a command is replaced; the place is the first one."""
    one = "services:\n  a:\n    image: x\n    environment: [A=1, B=2]\n    command: [x, y]\n    ports: ['1:1']\n"
    two = "services:\n  a:\n    environment:\n      B: 3\n    command: [z]\n    ports: ['2:2']\n  b:\n    image: y\n"
    whole = merge(write({"a.yaml": one, "b.yaml": two}))
    first = whole.services["a"]

    assert {key: value.text for key, value in first.table("environment").items.items()} == {
        "A": "1",
        "B": "3",
    }
    assert [each.text for each in first.texts("command")] == ["z"]
    assert [each.text for each in first.texts("ports")] == ["1:1", "2:2"]
    assert [whole.places["a"].line, whole.places["b"].line] == [2, 7]


def test_included_files_lie_below(write):
    """Relative to the file that names them, in both forms, once each; one that is not there is noted."""
    files = {
        "stack/compose.yaml": "include:\n  - ../parts/a.yaml\n  - path: ../parts/b.yaml\n  - nope.yaml\nservices:\n  a:\n    image: own\n",
        "parts/a.yaml": "include: [b.yaml]\nservices:\n  a:\n    image: theirs\n    ipc: host\n",
        "parts/b.yaml": "services:\n  b:\n    image: y\n",
    }
    whole = merge(write(files)[:1])

    assert {name: said(service) for name, service in whole.services.items()} == {
        "a": ["own", "host"],
        "b": ["y"],
    }
    assert [spot.line for spot in whole.missing] == [4]


def test_a_service_extends_another(write):
    """Of this file or of another one; a circle ends."""
    files = {
        "compose.yaml": """\
            services:
              base:
                image: x
                environment: [A=1]
              a:
                extends: base
                environment: {B: 2}
              b:
                extends: {service: far, file: far.yaml}
              c:
                extends: c
              d:
                extends: nobody
              e:
                extends: {service: far, file: nope.yaml}
            """,
        "far.yaml": "services:\n  far:\n    image: y\n",
    }
    whole = merge(write(files)[:1])

    assert said(whole.services["a"]) == ["x", "1", "2", "base"]
    assert said(whole.services["b"])[0] == "y"
    assert len(whole.missing) == 2


def test_a_named_file_is_told_without_detours(tmp_path):
    """Nobody wants to read `a/b/../../c`."""
    assert beside(tmp_path / "a" / "x.yaml", "../c/y.yaml") == tmp_path / "c" / "y.yaml"
