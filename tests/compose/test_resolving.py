"""One service's settings, resolved."""

import pytest

from harness.compose.asked import MACHINE
from harness.errors import StackError
from harness.service import Probe


def test_a_setting_is_filled_in_and_this_machine_is_called_by_our_name(resolver):
    """But not what only begins like its address."""
    made = resolver(
        'image: a\nenvironment: {A: "http://$IP:80/${P:-x}", B: "10.0.0.50"}',
        {"IP": "10.0.0.5"},
        ["10.0.0.5"],
    )

    assert made.environment() == {"A": f"http://{MACHINE}:80/x", "B": "10.0.0.50"}


def test_a_variable_without_a_value_is_handed_through(resolver):
    """If the shell has it."""
    made = resolver("image: a\nenvironment: [A, B]", {"A": "a$b"})

    assert made.environment() == {"A": "a$b"}


def test_env_files_come_before_the_services_own_settings(resolver, tmp_path):
    """In order; one that is not required may be missing."""
    (tmp_path / "one.env").write_text("A=one\nB=one\n")
    made = resolver("image: a\nenv_file: [one.env, {path: none.env, required: false}]\nenvironment: {B: own}")

    assert made.environment() == {"A": "one", "B": "own"}


def test_an_env_file_that_is_not_there_is_named_with_its_line(resolver):
    """File and line."""
    with pytest.raises(StackError, match=r"compose\.yaml:4: web: env_file .*none\.env is no file"):
        resolver("image: a\nenv_file: none.env").environment()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("command: --model-id $M --port 80", ("--model-id", "m", "--port", "80")),
        ('command: sh -c "echo $$HOME"', ("sh", "-c", "echo $HOME")),
        ('command: ["a b", "$M"]', ("a b", "m")),
        ("command: >\n      one\n      two", ("one", "two")),
        ("command:", ()),
    ],
)
def test_a_command_is_a_list_or_is_split_as_a_shell_would(resolver, line, words):
    """`$$` is a dollar."""
    assert resolver(f"image: a\n{line}", {"M": "m"}).words("command") == words


def test_a_command_with_an_open_quote_is_named(resolver):
    """With its line."""
    with pytest.raises(
        StackError, match=r"compose\.yaml:4: web: `command` cannot be split into words: No closing quotation"
    ):
        resolver("image: a\ncommand: echo 'x").words("command")


def test_published_and_exposed_ports(resolver):
    """The one that is published keeps its number, for who calls it by this machine's address."""
    made = resolver(
        'image: a\nports: ["${NONE}:80", "127.0.0.1:9:90", "53:53/udp", {target: 70, published: 7}]\nexpose: ["60"]'
    )

    assert made.ports() == {80: None, 90: 9, 70: 7, 60: None}


@pytest.mark.parametrize(
    ("lines", "probe"),
    [
        ("test: [CMD, redis-cli, ping]", Probe(command=("redis-cli", "ping"))),
        (
            "test: [CMD-SHELL, 'curl -f http://$host_ip:80']",
            Probe(command=("/bin/sh", "-c", "curl -f http://h:80")),
        ),
        ("test: pg_isready -U x", Probe(command=("/bin/sh", "-c", "pg_isready -U x"))),
        ("test: [NONE]", None),
        ("disable: true\n  test: [CMD, x]", None),
    ],
)
def test_a_health_check_is_a_probe(resolver, lines, probe):
    """Run inside."""
    assert resolver("image: a\nhealthcheck:\n  " + lines, {"host_ip": "h"}).probe() == probe


def test_what_else_the_engine_is_told(resolver):
    """By docker-py's names."""
    made = resolver(
        "image: a\nshm_size: ${S:-1g}\ncap_add: [SYS_NICE]\nprivileged: true\ninit: false\nuser: root\n"
        'tmpfs: /tmp\nextra_hosts: ["a:1.2.3.4", "b=host-gateway"]\nmem_limit: 1.5g'
    )

    assert made.more() == {
        "shm_size": "1g",
        "cap_add": ["SYS_NICE"],
        "privileged": True,
        "user": "root",
        "tmpfs": {"/tmp": ""},
        "extra_hosts": {"a": "1.2.3.4", "b": "host-gateway"},
    }
    assert made.memory_bytes() == 3 * 2**29


def test_a_memory_that_is_no_size_is_named(resolver):
    """With the right form."""
    with pytest.raises(StackError, match=r"web: memory 'lots' is no size such as 512m"):
        resolver("image: a\nmem_limit: lots").memory_bytes()


def test_mounts_are_volumes_of_the_project_or_what_is_there(resolver, tmp_path):
    """A folder that is not there is no reason to make one beside the user's file."""
    (tmp_path / "conf").mkdir()
    made = resolver(
        'image: a\nvolumes:\n  - models:/m\n  - ./conf:/c:ro\n  - "${CACHE:-./data}:/data"\n  - /anonymous\n'
        "  - {type: bind, source: ./conf, target: /d}"
    )
    mounts = made.mounts(frozenset({"models"}))

    assert mounts.volumes == {"models": "/m", "web-data": "/data", "web-anonymous": "/anonymous"}
    assert [(each["Target"], each["ReadOnly"]) for each in mounts.binds] == [("/c", True), ("/d", False)]
    assert mounts.instead == (str(tmp_path / "data"),)
    assert not (tmp_path / "data").exists()
