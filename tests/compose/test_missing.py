"""What is needed and given by nothing."""

from pathlib import Path

import pytest

from harness.compose.missing import check_images, check_variables
from harness.errors import StackError


def services(resolver, lines):
    """The one service."""
    return [resolver(lines).service]


def test_a_variable_that_is_used_often_is_named_once_with_its_first_lines(resolver):
    """And how many more there are."""
    lines = "image: $A\ncommand: $A\nuser: $A\nworking_dir: $A"
    with pytest.raises(StackError) as error:
        check_variables(services(resolver, lines), frozenset(), {}, Path("c.yaml"))

    assert "c.yaml: 1 variable is given by nothing: A at " in str(error.value)
    assert "and elsewhere; set it in the environment" in str(error.value)


@pytest.mark.parametrize(
    "lines", ["image: x\nports: ['$A:80']", "image: x\ncontainer_name: $A", "image: x\nlogging: {driver: $A}"]
)
def test_what_is_not_carried_over_needs_no_variables(resolver, lines):
    """Nor does where a port is published."""
    check_variables(services(resolver, lines), frozenset(), {}, Path("c.yaml"))


def test_another_image_needs_no_variables_of_the_files(resolver):
    """That of --node SERVICE=IMAGE."""
    check_variables(services(resolver, "image: $A"), frozenset({"web"}), {}, Path("c.yaml"))


def test_a_service_has_an_image(resolver):
    """`build` alone is not done here."""
    with pytest.raises(StackError, match="web: has only `build`, and nothing is built here"):
        check_images(services(resolver, "build: ."))
