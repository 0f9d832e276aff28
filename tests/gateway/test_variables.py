"""Variables that look like addresses are stood in for, and only where a megaservice's own files read them."""

import os
import subprocess
import sys

import pytest

from harness.gateway.variables import Readings, give, seen_url, traced_to
from harness.parts.traces import PATIENCE


def test_spans_are_sent_sooner_than_a_run_gives_up_on_them():
    """Held for OpenTelemetry's own 5 s, those of a run's last requests would not be read any more."""
    told = traced_to("http://127.0.0.1:1/v1/traces")

    assert told["TELEMETRY_ENDPOINT"] == "http://127.0.0.1:1/v1/traces"
    assert int(told["OTEL_BSP_SCHEDULE_DELAY"]) / 1000 < PATIENCE.export_delay_s


@pytest.fixture
def readings(tmp_path):
    return Readings(tmp_path, stand_in=True)


@pytest.mark.parametrize(
    ("name", "default", "stand_in"),
    [
        ("LLM_SERVER_PORT", 80, "20001"),
        ("LLM_SERVER_HOST_IP", "0.0.0.0", "host-0.invalid"),
        ("LLM_ENDPOINT", None, "http://host-0.invalid:20001"),
        ("BACKEND", "http://localhost:80", "http://host-0.invalid:20001"),
        ("LLM_ENDPOINT", "/v1/chat/completions", None),
        ("LLM_MODEL", "a-model", None),
        ("SUPPORT_LEVEL", "3", None),
    ],
)
def test_what_looks_like_an_address_is_stood_in_for(readings, name, default, stand_in):
    """By the variable's name and default; anything else keeps what it has."""
    assert readings.read(name, 1, None, default) == stand_in


def test_each_stand_in_is_its_own(readings):
    """So that a node's address tells which variable it comes from."""
    for name in ("A_PORT", "B_PORT", "A_HOST", "A_URL"):
        readings.read(name, 1, None, None)

    found = [
        readings.behind(value) for value in ("20002", 20001, "host-2.invalid", "host-3.invalid", "20004")
    ]

    assert [each.name for each in found] == ["B_PORT", "A_PORT", "A_HOST", "A_URL", "A_URL"]
    assert readings.behind("localhost") is None


def test_without_stand_ins_a_variable_has_its_true_value(tmp_path):
    """It is only noted, with its line, default, and the value."""
    readings = Readings(tmp_path, stand_in=False)

    assert readings.read("A_PORT", 3, "80", None) == "80"
    assert readings.read("B_PORT", 4, None, 81) is None
    assert [(each.line, each.default) for each in readings.by_name.values()] == [(3, "80"), (4, 81)]


WATCHING = """
import os, sys
from pathlib import Path
from harness.gateway.variables import Readings, watch
readings = Readings(Path(sys.argv[1]), stand_in=True)
watch(readings)
exec(compile(Path(sys.argv[1], "file.py").read_text(), sys.argv[1] + "/file.py", "exec"))
print(os.getenv("LLM_PORT"), [each.name for each in readings.by_name.values()])
"""
FILE = """
import os
print(os.getenv("LLM_PORT", 80), os.environ.get("LLM_HOST"), "EMBEDDING_PORT" in os.environ)
try:
    os.environ["TOKEN"]
except KeyError as missing:
    print("no", missing)
print(os.environ["MODEL"])
os.environ["MODEL"] = "another"
print(os.getenv("NOTHING", "default"))
"""


def test_only_files_of_the_folder_are_watched(tmp_path):
    """In every way to read; whoever else reads is told the truth."""
    (tmp_path / "file.py").write_text(FILE)
    done = subprocess.run(
        [sys.executable, "-c", WATCHING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "LLM_PORT": "4711", "MODEL": "a-model"},
    )

    assert done.stdout.splitlines() == [
        "20001 host-1.invalid True",
        "no 'TOKEN'",
        "a-model",
        "default",
        "4711 ['LLM_PORT', 'LLM_HOST', 'EMBEDDING_PORT', 'TOKEN', 'MODEL', 'NOTHING']",
    ]


def test_variables_are_given(monkeypatch):
    """To this process, for whatever is imported later."""
    monkeypatch.setenv("OPEA_HARNESS_TEST_VARIABLE", "before")
    give({"OPEA_HARNESS_TEST_VARIABLE": "after"})

    assert os.environ["OPEA_HARNESS_TEST_VARIABLE"] == "after"


def test_a_variable_that_is_demanded_anywhere_is_needed(readings):
    """Though another line falls back on something."""
    readings.read("A_PORT", 1, None, 80)
    readings.read("A_PORT", 2, None, None)
    readings.read("B_PORT", 3, "81", None)
    readings.read("C_PORT", 4, None, 82)

    assert [each.name for each in readings.by_name.values() if each.is_needed] == ["A_PORT"]


def test_a_url_with_its_route_is_what_a_file_calls_by_itself(readings):
    """It is called by what is left of the variable's name, and the variable is to hold the route too."""
    readings.read("LLM_ENDPOINT", 1, None, "http://0.0.0.0:9000")
    readings.read("WHISPER_SERVER_ENDPOINT", 2, None, "http://0.0.0.0:7066/v1/asr")
    (whole,) = map(seen_url, readings.whole_urls())

    assert (whole.name, whole.path, whole.default_port) == ("whisper", "/v1/asr", 7066)
    assert whole.variables(("h", 1)) == {"WHISPER_SERVER_ENDPOINT": "http://h:1/v1/asr"}
