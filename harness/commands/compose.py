"""What says how compose files are read: the options of `up -f FILE` and `run --compose FILE`."""

from pathlib import Path

import click

from harness.commands.grouping import grouped

# What says how compose files are read.
compose_options = grouped(
    click.option(
        "--env-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What gives the compose file its variables beside the environment. [default: .env beside it]",
    ),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        help="A profile whose services are started too; may be given again.",
    ),
    click.option(
        "--megaservice-service",
        metavar="SERVICE",
        help="The service of the compose file that is the megaservice.",
    ),
    click.option(
        "--missing-as-empty",
        is_flag=True,
        help="A variable that nothing gives is empty, as docker compose has it.",
    ),
    click.option(
        "--forwarder-image",
        metavar="IMAGE",
        help="An image with a Python, for what passes on to our wires. [default: the megaservice's own]",
    ),
)
ROUTE = click.option(
    "--route",
    metavar="PATH",
    help="Where the compose file's megaservice is asked, if it is none of GenAIExamples'.",
)


# --compose FILE and what says how it is read.
compose_file = grouped(
    click.option(
        "--compose",
        "compose_files",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="A compose file in the place of SCENARIO: raised, its megaservice tested; may be given again, each over those before it.",
    ),
    compose_options,
    ROUTE,
)
