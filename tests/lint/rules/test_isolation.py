"""fixed-container-name, ipc-host."""

from harness.lint.linter import lint
from harness.lint.sources import read_sources

TEXT = """\
    services:
      a:
        image: x
        container_name: one
        ipc: host
      b:
        image: x
        ipc: shareable
      c:
        image: x
        container_name: three
        ipc: host
    """


def test_fixed_names_are_one_finding_a_file(linted, write):
    """With every service, and every line."""
    assert linted("fixed-container-name", {"c.yaml": TEXT}) == ["c.yaml:4 container_name is fixed for a, c"]

    findings = lint(read_sources(write({"c.yaml": TEXT})))

    assert [[spot.line for spot in each.also] for each in findings if each.id == "fixed-container-name"] == [
        [11]
    ]


def test_the_machines_memory_is_found(linted):
    """`ipc: host`, and no other."""
    assert linted("ipc-host", {"c.yaml": TEXT}) == ["c.yaml:5 `ipc: host` for a, c"]


def test_a_service_without_either_is_silent(linted):
    """As ours are."""
    for rule in ("fixed-container-name", "ipc-host"):
        assert linted(rule, {"c.yaml": "services:\n  a:\n    image: x\n    shm_size: 1g\n"}) == []


def test_what_an_overlay_takes_back_is_silent(linted):
    """`!reset` is how compose takes a setting away."""
    base = "services:\n  a:\n    image: x\n    container_name: one\n"
    overlay = "services:\n  a:\n    container_name: !reset null\n"

    assert linted("fixed-container-name", {"a.yaml": base, "b.yaml": overlay}) == []
