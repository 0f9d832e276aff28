"""A megaservice's file for export, read."""

import pytest

from harness.errors import ScenarioError
from harness.opea.exported import options, read_source, replace_env_vars, services, variables


def test_variables_of_the_process_are_put_in(monkeypatch):
    """Where a text is one, at any depth; one that is not set is empty, and what compose reads itself is left to it."""
    monkeypatch.setenv("EXPORTED", "a value")
    data = {
        "a": ["${EXPORTED}", {"b": "${EXPORTED_NOT}"}],
        "c": "${EXPORTED:-d}",
        "d": "x ${EXPORTED} $EXPORTED",
        "e": 1,
    }

    assert replace_env_vars(data) == {**data, "a": ["a value", {"b": ""}]}


def test_variables_of_a_service_are_objects_or_pairs():
    """Later ones win."""
    assert variables({"envs": [{"A": 1, "B": 2}, ["A", "3"]]}) == {"A": "3", "B": 2}
    assert variables({}) == {}


def test_options_are_one_object():
    """A capability may be given alone."""
    assert options({"options": [{"ipc": "host"}, {"cap_add": "SYS_NICE"}]}) == {
        "ipc": "host",
        "cap_add": ["SYS_NICE"],
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{"image": "a"}], r"micro_services: number 1 has no service_name or no image"),
        ([{"service_name": "a", "image": "b"}, "c"], r"micro_services: number 2 has no service_name"),
        ([{"service_name": "a", "image": "b"}] * 2, r"micro_services: a is there twice; names must differ"),
    ],
)
def test_a_service_without_what_it_needs_is_told(given, words):
    """By its place, or by its name."""
    with pytest.raises(ScenarioError, match=words):
        list(services({"micro_services": given}))


@pytest.mark.parametrize("text", ["[", "{", "a: b: c"])
def test_a_file_that_is_no_yaml_is_told(tmp_path, text):
    """With its name."""
    (tmp_path / "mega.yaml").write_text(text)

    with pytest.raises(ScenarioError, match=r"mega\.yaml: cannot be read as YAML: "):
        read_source(tmp_path / "mega.yaml")
