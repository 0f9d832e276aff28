"""What a gateway that is no process of ours is told, as options."""

from pathlib import Path

import pytest

from harness.commands.told import checked, is_loopback, telling
from harness.errors import UsageError
from harness.stack.where import BOOT_LIMIT_S

URL = "http://127.0.0.1:8888"
IMAGE = "opea/chatqna:latest"


@pytest.mark.parametrize(
    "gateway",
    [
        "reference",
        "opea",
        URL,
        IMAGE,
        "chatqna:mine",
        "localhost:5000/opea/chatqna",
        f"opea/chatqna@sha256:{'0' * 64}",
    ],
)
def test_an_engine_a_url_and_an_image_are_gateways(gateway):
    """An image has a repository or a tag."""
    assert checked(gateway) == gateway


@pytest.mark.parametrize("gateway", ["referenz", "ftp://host/x", "http://", "Opea/ChatQnA", "a b/c", "opea/"])
def test_what_is_none_is_refused(gateway):
    """A slip of the pen is not looked for in a registry."""
    with pytest.raises(UsageError) as caught:
        checked(gateway)

    assert str(caught.value) == (
        f"--gateway {gateway}: is none of `reference`, `opea`, a URL such as http://127.0.0.1:8888 "
        "and an image such as opea/chatqna:latest"
    )


def test_options_say_what_it_is_told():
    """Variables by name, the file as a whole path, and a time."""
    told = telling({"gateway": IMAGE, "environment": ("A=1", "B=x=y", "C="), "boot_timeout": 5.0})

    assert told == {"environment": {"A": "1", "B": "x=y", "C": ""}, "write_env": None, "boot_limit_s": 5.0}
    assert telling({"gateway": URL, "write_env": Path("n.env")})["write_env"] == Path.cwd() / "n.env"
    assert telling({"gateway": "reference"})["boot_limit_s"] == BOOT_LIMIT_S


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"gateway": IMAGE, "environment": ("A",)},
            "--env A: is no NAME=VALUE, such as LLM_SERVER_HOST_IP={host:llm}",
        ),
        ({"gateway": IMAGE, "environment": ("=1",)}, "--env =1: is no NAME=VALUE"),
        (
            {"gateway": "opea", "environment": ("A=1",)},
            "--env: is for --gateway IMAGE, or --gateway URL with --write-env",
        ),
        ({"gateway": URL, "boot_timeout": 3.0}, "--boot-timeout: is for --gateway IMAGE"),
        (
            {"gateway": IMAGE, "write_env": Path("n.env")},
            f"--write-env n.env: is for a megaservice that you start yourself; --gateway URL says where, not {IMAGE}",
        ),
    ],
    ids=["no pair", "no name", "nobody's variable", "nobody's time", "an image's file"],
)
def test_what_is_told_to_nobody_is_refused(options, words):
    """With whom it is for."""
    with pytest.raises(UsageError) as caught:
        telling(options)

    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("http://127.0.0.1:8888", True),
        ("http://127.8.8.8/x", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://10.0.0.1", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost.example", False),
    ],
)
def test_loopback_is_what_stays_on_this_machine(url, stays):
    """A name that only begins like it is another machine's."""
    assert is_loopback(url) is stays
