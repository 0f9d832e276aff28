"""`comps` is the reference engine once it is installed, and what it has not is told by name."""

import importlib
import subprocess
import sys

import pytest

import harness.opea
from harness.errors import UsageError
from harness.opea.installing import PLACES, install, uninstall


@pytest.fixture
def installed():
    """The engine in the place of `comps`, for one test."""
    install()
    yield
    uninstall()


def test_comps_gives_the_engine(installed):
    """Every name of `harness.opea` is the same object under `comps`."""
    comps = importlib.import_module("comps")

    differing = [
        name for name in harness.opea.__all__ if getattr(comps, name) is not getattr(harness.opea, name)
    ]

    assert differing == []


def test_every_module_can_be_imported(installed):
    """Each module of the table is there, under its own name and as an attribute of its parent."""
    for name in PLACES:
        module = importlib.import_module(name)
        parent, _, short = name.rpartition(".")

        assert module.__name__ == name
        assert not parent or getattr(sys.modules[parent], short) is module


def test_what_megaservices_import_is_there(installed):
    """The import lines of GenAIExamples' megaservices, commit 15b0d46, all work."""
    lines = """
from comps import CustomLogger, MegaServiceEndpoint, MicroService, ServiceOrchestrator, ServiceRoleType, ServiceType
from comps import register_microservice, opea_microservices, register_statistics, statistics_dict
from comps.cores.mega.utils import handle_message
from comps.cores.proto.api_protocol import (
    AudioChatCompletionRequest, ChatCompletionRequest, ChatCompletionResponse, ChatCompletionResponseChoice,
    ChatMessage, DocSumChatCompletionRequest, EmbeddingRequest, UsageInfo)
from comps.cores.proto.docarray import (
    ImageDoc, LLMParams, LLMParamsDoc, RerankedDoc, RerankerParms, RetrieverParms, TextDoc, TextImageDoc)
from comps.cores.mega.constants import ServiceType
from comps.cores.telemetry.opea_telemetry import opea_telemetry
from comps.cores.common.component import OpeaComponent, OpeaComponentLoader, OpeaComponentRegistry
from comps import ServiceOrchestratorWithYaml
from comps.cores.mega.orchestrator_with_yaml import ServiceOrchestratorWithYaml
from comps.cores.mega.exporter import convert_to_docker_compose, convert_to_manifests
from comps.cores.mcp.client import OpeaMCPClient
from comps.cores.mcp.config import OpeaMCPConfig, OpeaMCPSSEServerConfig, OpeaMCPStdioServerConfig
from comps.cores.mcp.manager import OpeaMCPToolsManager
from comps.cores.mcp.tool import OpeaMCPClientTool
from comps.version import __version__
"""
    names: dict[str, object] = {}
    exec(lines, names)

    assert names["ServiceOrchestrator"] is harness.opea.ServiceOrchestrator
    assert names["__version__"] == "1.5"


def test_a_module_is_there_without_an_import_of_its_own(installed):
    """`import comps` is enough for `comps.cores.mega.dag`, as it is upstream."""
    comps = importlib.import_module("comps")

    assert comps.cores.mega.dag.DAG is harness.opea.DAG


def test_a_missing_name_is_told(installed):
    """The sentence names what was asked for and the nearest that there is."""
    with pytest.raises(ImportError) as told:
        exec("from comps.cores.mega.micro_service import MicroServices", {})

    assert str(told.value) == (
        "comps.cores.mega.micro_service.MicroServices: the reference engine has no MicroServices; "
        "it has MicroService; opea-comps itself has what OPEA has: --gateway opea"
    )


@pytest.mark.parametrize("line", ["import comps.cores.storages", "from comps.cores import storages"])
def test_a_missing_module_is_told(installed, line):
    """However it is imported, the sentence names the module."""
    with pytest.raises(ImportError, match=r"^comps\.cores\.storages: the reference engine has no storages; "):
        exec(line, {})


def test_python_may_ask_what_it_likes(installed):
    """A name of Python's own that is not there is an ordinary no."""
    assert not hasattr(importlib.import_module("comps"), "__wrapped__")


def test_uninstalled_it_is_gone():
    """After `uninstall`, nothing of it is left, and twice does no harm either way."""
    install()
    install()
    importlib.import_module("comps.cores.mega.dag")
    uninstall()
    uninstall()

    assert [name for name in sys.modules if name.startswith("comps")] == []
    assert harness.opea.installing.FINDER not in sys.meta_path


def test_it_comes_before_the_first_import(monkeypatch, tmp_path):
    """Where another `comps` has been imported, the sentence says from where."""
    (tmp_path / "comps.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("comps")
    try:
        with pytest.raises(UsageError) as told:
            install()
    finally:
        del sys.modules["comps"]

    assert str(told.value) == (
        f"comps: is imported already, from {tmp_path / 'comps.py'}; "
        "harness.opea.install() comes before its first import"
    )


def test_importing_the_engine_installs_nothing():
    """`import harness.opea` leaves `comps` what it was."""
    asked = "import harness.opea, importlib.util; print(importlib.util.find_spec('comps'))"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "None\n"
