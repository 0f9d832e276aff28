"""What a gateway that is no process of ours is told, and how long it is waited for: --env, --write-env and --boot-timeout."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from harness import admin
from harness.commands.grouping import grouped
from harness.commands.pairs import pair
from harness.composition.choosing import is_image
from harness.errors import UsageError
from harness.gateway.launch import ENGINES
from harness.stack.where import BOOT_LIMIT_S

VARIABLE_FORM = "NAME=VALUE, such as LLM_SERVER_HOST_IP={host:llm}"


# The options that say so.
told = grouped(
    click.option(
        "--env",
        "environment",
        multiple=True,
        metavar="NAME=VALUE",
        help="A variable of the gateway's container, in whose value {host:NODE}, {port:NODE} and {url:NODE} are a node's. "
        "May be given again.",
    ),
    click.option(
        "--write-env",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="With --gateway URL: its nodes are to be ours; write the variables that say where they are to FILE, and wait for it.",
    ),
    click.option(
        "--boot-timeout",
        type=click.FloatRange(min=0, min_open=True),
        help=f"Seconds until a gateway of an image, or with --write-env, has to answer. [default: {BOOT_LIMIT_S:g}]",
    ),
)


def checked(gateway: str) -> str:
    """The gateway; raises UsageError for what is none."""
    if gateway not in ENGINES and not is_url(gateway) and not is_image(gateway):
        raise UsageError(
            f"--gateway {gateway}: is none of `reference`, `opea`, a URL such as http://127.0.0.1:8888 "
            "and an image such as opea/chatqna:latest"
        )
    return gateway


def telling(options: Mapping[str, Any]) -> dict[str, Any]:
    """What of it stands in a `Where`; raises UsageError for what is told to nobody."""
    gateway: str = options["gateway"]
    environment = dict(
        pair("--env", each, VARIABLE_FORM, may_be_empty=True) for each in options.get("environment") or ()
    )
    write_env, limit_s = options.get("write_env"), options.get("boot_timeout")
    if write_env and not is_url(gateway):
        raise UsageError(
            f"--write-env {write_env}: is for a megaservice that you start yourself; --gateway URL says where, not {gateway}"
        )
    if (environment or limit_s) and not (write_env or is_image(gateway)):
        given = "--env" if environment else "--boot-timeout"
        raise UsageError(
            f"{given}: is for --gateway IMAGE, or --gateway URL with --write-env; the gateway is {gateway}"
        )
    return {
        "environment": environment,
        "write_env": write_env.absolute() if write_env else None,
        "boot_limit_s": limit_s or BOOT_LIMIT_S,
    }


def is_loopback(url: str) -> bool:
    """Does the address stay on this machine?"""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or admin.is_loopback(host)


def is_url(text: str) -> bool:
    """Is it an address that HTTP reaches?"""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
