"""The options that say how compose files are read."""

import click
from click.testing import CliRunner

from harness.commands.compose import compose_file


def test_a_command_takes_files_and_how_they_are_read():
    """All have a default."""

    @click.command()
    @compose_file
    def command(**options):
        click.echo(options)

    said = (
        CliRunner().invoke(command, ["--compose", "a.yaml", "--compose", "b.yaml", "--profile", "x"]).output
    )

    assert "a.yaml" in said
    assert "b.yaml" in said
    assert "'profiles': ('x',)" in said
    assert "'route': None" in said
