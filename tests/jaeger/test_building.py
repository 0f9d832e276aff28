"""Building Jaeger, with a script in Go's place: what is tested is what Go is asked, and what is made of its answers."""

import hashlib

import pytest

from harness.errors import StackError
from harness.jaeger.binary import binary
from harness.jaeger.building import GO_SUM, build
from tests.jaeger.pretended import pretend


def test_what_was_built_is_told(tmp_path, monkeypatch):
    """Its version, whose Go it was, its sum; each step as it was taken, each package as it was compiled."""
    asked, said = pretend(tmp_path / "go", monkeypatch), []
    jaeger = binary(tmp_path / "cache")
    built = build(jaeger, said.append)

    assert jaeger.is_built
    assert (built.jaeger, built.go) == ("1.76.0", "go1.26.8")
    assert built.sha256 == hashlib.sha256(jaeger.program.read_bytes()).hexdigest()
    assert [line for line in said if not line.startswith(" ")][-1] == "its first start"
    assert "  compiled/package" in said
    assert asked.read_text().splitlines()[-1].endswith("github.com/jaegertracing/jaeger/cmd/all-in-one")


def test_every_module_is_held_against_a_sum(tmp_path, monkeypatch):
    """Jaeger's own against ours, and what it needs against those that it brings."""
    pretend(tmp_path / "go", monkeypatch)
    jaeger = binary(tmp_path / "cache")
    build(jaeger, lambda _: None)

    assert (jaeger.path / "module" / "go.sum").read_text() == f"dependency v1 h1:x=\n{GO_SUM}"
    assert "replace github.com/Shopify/sarama" in (jaeger.path / "module" / "go.mod").read_text()


def test_it_is_built_once(tmp_path, monkeypatch):
    """A second time only reads what the first has written; anew builds again."""
    asked, jaeger = pretend(tmp_path / "go", monkeypatch), binary(tmp_path / "cache")
    built = build(jaeger, lambda _: None)
    count = len(asked.read_text().splitlines())

    assert build(jaeger, lambda _: None) == built
    assert len(asked.read_text().splitlines()) == count
    build(jaeger, lambda _: None, anew=True)
    assert len(asked.read_text().splitlines()) == 2 * count


def test_without_go_the_way_out_is_told(tmp_path, monkeypatch):
    """One sentence: what is not there, and what would be right."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StackError) as told:
        build(binary(tmp_path / "cache"), lambda _: None)

    assert str(told.value) == (
        "setup jaeger: there is no `go` on the PATH; Go 1.24.6 or later builds Jaeger, and is wanted for that alone"
    )


@pytest.mark.parametrize("version", ["go version go1.19.8 linux/amd64", "go version devel"])
def test_a_go_that_is_too_old_is_told(tmp_path, monkeypatch, version):
    """With what it says of itself; one that does not say is none that would do."""
    pretend(tmp_path / "go", monkeypatch, version=version)

    with pytest.raises(StackError, match=rf"`go version` says '{version}'; Go 1\.24\.6 or later"):
        build(binary(tmp_path / "cache"), lambda _: None)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (
            "echo no space left; exit 1",
            r"failed with code 1; nothing was built; its last words:\n .*\n  no space left",
        ),
        (
            "printf '#!/bin/sh\\necho v2' > $out; chmod +x $out",
            r"says 'v2' of itself; it should be v1\.76\.0",
        ),
        ("printf '#!/bin/sh\\nexit 7' > $out; chmod +x $out", r"its first start failed with code 7"),
    ],
    ids=["fails", "another-version", "does-not-run"],
)
def test_what_does_not_come_right_is_not_taken_for_built(tmp_path, monkeypatch, how, words):
    """Nor is what was there before it."""
    pretend(tmp_path / "go", monkeypatch, build=how)
    jaeger = binary(tmp_path / "cache")

    with pytest.raises(StackError, match=words):
        build(jaeger, lambda _: None)

    assert not jaeger.is_built
