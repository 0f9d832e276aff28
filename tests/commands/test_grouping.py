"""Options that go together."""

import click
from click.testing import CliRunner

from harness.commands.grouping import AS_JSON, QUIET, grouped


@click.command()
@grouped(QUIET, AS_JSON)
def command(*, quiet, as_json):
    """Print what was given."""
    click.echo(f"{quiet} {as_json}")


def test_a_group_adds_each_of_its_options():
    """What is given arrives under the option's own name."""
    said = CliRunner().invoke(command, ["--json"])

    assert said.output == "False True\n"


def test_the_help_shows_them_in_the_order_of_the_group():
    """Decorators apply from the last to the first; the group turns that round."""
    said = CliRunner().invoke(command, ["--help"]).output

    assert said.index("--quiet") < said.index("--json")
