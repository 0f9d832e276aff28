"""Compose files become projects, or are refused with all that is wrong."""

import re

import pytest

from harness.compose.asked import MACHINE
from harness.errors import StackError, UsageError
from harness.service import Probe


def test_every_service_is_a_container_with_its_comp_by_its_image(read):
    """And nothing has a fixed name or port."""
    project = read()
    backend = project.parts["chatqna-backend-server"].service

    assert {name: part.comp.id for name, part in project.parts.items() if part.comp} == {
        "tei-embedding-service": "third_parties.tei",
        "tei-reranking-service": "third_parties.tei",
        "retriever": "retrievers",
        "dataprep": "dataprep",
        "vllm-service": "third_parties.vllm",
    }
    assert (backend.ports, backend.after) == ((8888,), ("retriever", "vllm-service"))
    assert backend.environment["LLM_SERVER_HOST_IP"] == MACHINE
    assert project.parts["retriever"].service.image == "opea/retriever:latest"
    assert [note.partition("`")[2].partition("`")[0] for note in project.notes] == [
        "container_name",
        "ipc",
        "restart",
    ]


def test_a_mock_in_the_place_of_a_service_needs_nothing_of_the_file(read):
    """Not its variables either; who waits for it waits no more."""
    text = "services:\n  a: {image: 'opea/retriever:${TAG}', command: $X}\n  b: {image: redis, depends_on: [a]}\n"
    project = read(text, places={"a": "mock"})

    assert project.parts["a"].is_mock
    assert project.parts["a"].ports == {7000: None}
    assert project.parts["b"].service.after == ()


def test_what_waits_in_a_circle_stands_once_a_mock_breaks_it(read):
    """A mock waits for nobody."""
    text = "services: {a: {image: opea/retriever, depends_on: [b]}, b: {image: x, depends_on: [a]}}"

    assert read(text, places={"a": "mock"}).parts["b"].service.after == ()


def test_a_service_may_be_another_image_an_address_or_the_mock_of_a_named_comp(read):
    """By --node."""
    text = "services: {a: {image: $NONE}, b: {image: mine}, c: {image: mine}}"
    project = read(text, places={"a": "other:1", "b": "http://127.0.0.1:9/", "c": "mock:embeddings"})

    assert project.parts["a"].service.image == "other:1"
    assert (project.parts["b"].place, project.parts["b"].service) == ("http://127.0.0.1:9", None)
    assert (project.parts["c"].is_mock, project.parts["c"].comp.id) == (True, "embeddings")


def test_what_says_that_a_service_is_ready(read):
    """A request of its contract; a model server's own health route, because its model is the file's; else the health check."""
    text = """\
services:
  a: {image: opea/retriever, healthcheck: {test: sleep 30}}
  b: {image: opea/vllm, healthcheck: {test: sleep 30}}
  c: {image: redis, healthcheck: {test: [CMD, redis-cli, ping]}}
"""
    probes = {name: part.service.probe for name, part in read(text).parts.items()}

    assert probes == {"a": None, "b": Probe("/health"), "c": Probe(command=("redis-cli", "ping"))}


def test_a_service_may_be_left_out(read):
    """Who waits for it waits no more; nothing of it is needed."""
    project = read("services: {a: {image: $NONE}, b: {image: x, depends_on: [a]}}", places={"a": "none"})

    assert [*project.parts] == ["b"]
    assert project.parts["b"].service.after == ()


def test_an_image_that_stands_in_is_known_by_what_it_stands_in_for(read):
    """So is one of a registry of one's own."""
    text = "services: {a: {image: 'opea-harness.local/retriever:1'}, b: {image: 'localhost:5000/mine/reranking:2'}}"

    assert [part.comp.id for part in read(text).parts.values()] == ["retrievers", "rerankings"]


def test_variables_that_nothing_gives_are_named_all_at_once_with_file_and_line(read, tmp_path):
    """And what to do."""
    text = "services:\n  a:\n    image: x:$ONE\n    command: $TWO ${ONE}\n    ports: ['$UNUSED:80']\n  b:\n    image: ${X:?why}\n"
    path = tmp_path / "compose.yaml"
    told = (
        f"{path}: 3 variables are given by nothing: ONE at {path}:3, {path}:4; TWO at {path}:4; X (why) at {path}:7; set them in the "
        f"environment, in {tmp_path / '.env'} or with --env-file, or say --missing-as-empty, as docker compose has it"
    )
    with pytest.raises(StackError, match=re.escape(told)):
        read(text)

    named = text.replace("${X:?why}", "y")

    assert read(named, missing_is_empty=True).parts["a"].service.image == "x:"


def test_a_profile_starts_its_services(read):
    """One that is named is started too."""
    text = "services: {a: {image: x}, b: {image: x, profiles: [more]}}"

    assert [*read(text).parts] == ["a"]
    assert [*read(text, profiles=frozenset({"more"})).parts] == ["a", "b"]
    assert [*read(text, places={"b": "y"}).parts] == ["a", "b"]


def test_anchors_and_extends_are_read(read):
    """As compose reads them."""
    text = """\
x-all: &all {A: "1"}
services:
  base: {image: x, environment: {<<: *all, B: "2"}}
  more: {extends: base, environment: {C: "3"}}
"""
    project = read(text)

    assert project.parts["more"].environment == {"A": "1", "B": "2", "C": "3"}
    assert project.notes == ()


def test_what_stands_at_the_top_and_is_not_carried_over_is_said(read):
    """A version says nothing any more."""
    notes = read("version: '3.8'\nsecrets: {a: {file: b}}\nservices: {a: {image: x}}").notes

    assert [note.partition(": ")[2] for note in notes] == [
        "`version` says nothing any more, and is passed over",
        "`secrets` is not carried over",
    ]


@pytest.mark.parametrize(
    ("text", "asked", "kind", "told"),
    [
        ("services: [}", {}, StackError, r"compose\.yaml:1: is no YAML"),
        ("- a", {}, StackError, "holds no mapping; a compose file has `services:`"),
        ("services: {}", {}, StackError, "has no service to start"),
        (
            "services: {a: {ports: ['1:1']}}",
            {},
            StackError,
            r"compose\.yaml:1: a: has no image; a file that is laid over others",
        ),
        (
            "services: {a: {image: [x]}}",
            {},
            StackError,
            r"compose\.yaml:1: services\.a\.image: is a list; compose takes one value there",
        ),
        (
            "services: {a: {image: $NONE}}",
            {"missing_is_empty": True},
            StackError,
            "a: `image` names none; it is a text such as opea/retriever:latest",
        ),
        (
            "services: {a: {build: .}}",
            {},
            StackError,
            "a: has only `build`, and nothing is built here; build it and say --node a=IMAGE",
        ),
        (
            "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: {c: {}}}\n  c: {image: x, depends_on: [b]}\n",
            {},
            StackError,
            r"compose\.yaml:3: b -> c -> b: each waits for the next, so that none can be started; take one of these out of `depends_on`",
        ),
        (
            "services: {a: {image: x, depends_on: [a]}}",
            {},
            StackError,
            r"compose\.yaml:1: a -> a: each waits",
        ),
        (
            "services: {a: {image: x, depends_on: [b]}}",
            {},
            StackError,
            "a: depends on b, which is not started",
        ),
        (
            "services: {a: {image: x, extends: {file: no.yaml, service: b}}}",
            {},
            StackError,
            r"yaml:1: names a file or a service",
        ),
        (
            "services: {a: {image: x}}",
            {"places": {"b": "mock"}},
            UsageError,
            r"--node b: .* has no such service; services are \['a'\]",
        ),
        (
            "services: {a: {image: x}}",
            {"megaservice": "b"},
            UsageError,
            "--megaservice-service b: .* no such service",
        ),
        (
            "services: {a: {image: x}}",
            {"places": {"a": "mock"}},
            UsageError,
            "no comp is known by the image 'x'; --node a=mock:COMP",
        ),
        (
            "services: {a: {image: x}}",
            {"places": {"a": "mock:no"}},
            UsageError,
            "--node a=mock:no: is no comp; comps are ",
        ),
    ],
)
def test_a_file_that_cannot_be_raised_is_refused_in_a_sentence(read, text, asked, kind, told):
    """With file and line, and what would be right."""
    with pytest.raises(kind, match=told):
        read(text, **asked)


def test_a_file_that_is_not_there_is_usage(comps, tmp_path):
    """A wrong name on the command line."""
    from harness.compose.asked import Asked
    from harness.compose.reading import read_project

    with pytest.raises(UsageError, match=r"no\.yaml: is no file; a compose file is given"):
        read_project(Asked((tmp_path / "no.yaml",)), comps)
