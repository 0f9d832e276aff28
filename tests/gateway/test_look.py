"""What is seen of a megaservice file, and what is said of one that is not fit to be run."""

import time

import psutil
import pytest

from harness.cache import cache_dir
from harness.errors import ScenarioError
from harness.gateway import look as module
from harness.gateway.environment import environment
from harness.gateway.look import configuration, found, serving
from harness.gateway.seen import MegaserviceFile, Seen, SeenNode
from tests.gateway.files import FILES, looked_at
from tests.states import seen

HEAD = "from comps import MicroService, ServiceOrchestrator, ServiceRoleType\n"
SERVED = """
llm = MicroService("llm", host="h", port=1, endpoint="/v1/chat/completions", use_remote_service=True)
service = lambda: MicroService("M", ServiceRoleType.MEGASERVICE, endpoint="/v1/m")
"""


def test_nodes_edges_and_the_variables_of_their_addresses_are_seen():
    """All that a file with OPEA's own shape builds, read from its run and not from its text."""
    seen = looked_at(FILES / "chatqna.py").seen

    assert (seen.title, seen.path) == ("ChatQnAService", "/v1/chatqna")
    assert [(each.name, each.service_type, each.path, each.after) for each in seen.nodes] == [
        ("embedding", "EMBEDDING", "/embed", ()),
        ("retriever", "RETRIEVER", "/v1/retrieval", ("embedding",)),
        ("rerank", "RERANK", "/rerank", ("retriever",)),
        ("llm", "LLM", "/v1/chat/completions", ("rerank",)),
    ]
    assert [(each.host, each.port, each.default_port) for each in seen.nodes] == [
        ("EMBEDDING_SERVER_HOST_IP", "EMBEDDING_SERVER_PORT", 80),
        ("RETRIEVER_SERVICE_HOST_IP", "RETRIEVER_SERVICE_PORT", 7000),
        ("RERANK_SERVER_HOST_IP", "RERANK_SERVER_PORT", 80),
        ("LLM_SERVER_HOST_IP", "LLM_SERVER_PORT", 80),
    ]


def test_a_file_is_run_with_its_arguments():
    """They choose another graph."""
    seen = looked_at(FILES / "chatqna.py", "--without-rerank")

    assert [each.name for each in seen.seen.nodes] == ["embedding", "retriever", "llm"]
    assert seen.arguments == ("--without-rerank",)


def test_a_file_that_only_defines_its_service_has_it_made():
    """Of two orchestrators the one that holds the other is the graph, and addresses that are URLs are told apart."""
    seen = looked_at(FILES / "class_only.py").seen

    assert (seen.title, seen.path) == ("Guarded", "/v1/guarded")
    assert [(each.name, each.url, each.host, each.port) for each in seen.nodes] == [
        ("guardrail_in", "GUARDRAIL_ENDPOINT", "", ""),
        ("llm", "LLM_ENDPOINT", "", ""),
    ]


def test_an_address_that_is_written_down_comes_from_no_variable():
    """Such a node is put elsewhere all the same, when it is made."""
    seen = looked_at(FILES / "planned.py").seen

    assert {(each.host, each.port, each.url) for each in seen.nodes} == {("", "", "")}
    assert [each.default_port for each in seen.nodes] == [9092, 6990, 7000, 11434]


@pytest.mark.needs("opea")
@pytest.mark.parametrize("name", ["chatqna.py", "audioqna.py", "class_only.py", "planned.py", "wayward.py"])
def test_the_same_is_seen_on_opea_comps(name):
    """A graph is what the file says, on whichever engine."""
    import os

    opea = environment(cache_dir(os.environ))

    assert looked_at(FILES / name, engine="opea", opea=opea).seen == looked_at(FILES / name).seen


WRONG = {
    "a module that is not there": (
        "import json\nimport nowhere_to_be_found\n",
        "2: ModuleNotFoundError: No module named 'nowhere_to_be_found'; it has to be installed for ",
    ),
    "a name that the engine has not": (
        "from comps import Nothing\n",
        "1: ImportError: comps.Nothing: the reference engine has no Nothing; ",
    ),
    "no Python": ("x = 1\nthis is no python\n", "2: SyntaxError: invalid syntax"),
    "a variable that is demanded": (
        f"import os\n{HEAD}token = os.environ['HUB_TOKEN']\n",
        "3: needs the environment variable HUB_TOKEN",
    ),
    "a variable without which it cannot go on": (
        f"import os\n{HEAD}limit = int(os.getenv('TOKENS_MAX'))\n",
        (
            "3: TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'; "
            "it needs the environment variable TOKENS_MAX"
        ),
    ),
    "an end of its own": (
        f"import os, sys\n{HEAD}\nif os.getenv('TOKEN') is None:\n    sys.exit(1)\n",
        "5: ended itself with 1 before it served; it needs the environment variable TOKEN",
    ),
    "nothing of OPEA's": (
        "x = 1\n",
        "1: builds no ServiceOrchestrator and starts no MicroService; a megaservice does both",
    ),
    "no orchestrator": (
        f"{HEAD}{SERVED}service().start()\n",
        "1: builds no ServiceOrchestrator before it serves; a megaservice has one",
    ),
    "an orchestrator of nothing": (
        f"{HEAD}{SERVED}ServiceOrchestrator()\nservice().start()\n",
        "5: adds no service to its ServiceOrchestrator; a graph has a node",
    ),
    "two that have nothing in common": (
        (
            f"{HEAD}{SERVED}other = MicroService('tts', use_remote_service=True)\n"
            "ServiceOrchestrator().add(llm)\nServiceOrchestrator().add(other)\nservice().start()\n"
        ),
        (
            "7: builds 2 orchestrators (lines 6 and 7) of which none holds the others' graphs: "
            "tts is in one alone; a file is run with one megaservice"
        ),
    ),
    "a node that was not added": (
        (
            f"{HEAD}{SERVED}other = MicroService('tts', use_remote_service=True)\n"
            "graph = ServiceOrchestrator().add(llm)\ngraph.flow_to(llm, other)\n"
        ),
        "7: lets llm flow to tts, and tts was not added; nodes are ['llm']",
    ),
    "a cycle": (
        (
            f"{HEAD}{SERVED}other = MicroService('tts', use_remote_service=True)\n"
            "graph = ServiceOrchestrator().add(llm).add(other)\ngraph.flow_to(llm, other)\ngraph.flow_to(other, llm)\n"
        ),
        "8: lets tts flow to llm, which closes a cycle; a graph of services has none",
    ),
    "an end like Ctrl-C": (f"{HEAD}\nraise KeyboardInterrupt\n", "3: KeyboardInterrupt"),
    "an exception beside Exception": (
        f"{HEAD}raise type('Odd', (BaseException,), {{}})('so')\n",
        "2: Odd: so",
    ),
    "an end without a word": (
        f"import os\n{HEAD}os._exit(3)\n",
        " ended with code 3 before it was ready; its log is empty",
    ),
    "a server of its own": (
        f"{HEAD}{SERVED}ServiceOrchestrator().add(llm)\nimport uvicorn\nuvicorn.run(None, port=0)\n",
        "7: serves an app of its own with uvicorn.run; what can be run is a MicroService that is started",
    ),
    "a service that is never started": (
        f"{HEAD}{SERVED}ServiceOrchestrator().add(llm)\n",
        "5: builds a ServiceOrchestrator and never starts a MicroService that would serve it",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_file_is_one_sentence_with_its_line(tmp_path, case):
    """File, line, what is wrong; and no process is left."""
    text, words = WRONG[case]
    file = tmp_path / "wrong.py"
    file.write_text(text)

    with pytest.raises(ScenarioError) as told:
        looked_at(file)

    assert str(told.value).startswith(f"{file}:{words}")
    assert "\n" not in str(told.value)
    assert not [each for each in psutil.Process().children() if "harness.gateway.script" in each.cmdline()]


def test_a_file_that_never_serves_is_left_and_said_to_be_where_it_is(tmp_path, monkeypatch):
    """A wait without an end has one here."""
    monkeypatch.setattr(module, "SERVE_LIMIT_S", 3.0)
    file = tmp_path / "waits.py"
    file.write_text(f"import threading\n{HEAD}\nthreading.Event().wait()\n")
    began_s = time.monotonic()

    with pytest.raises(ScenarioError) as told:
        looked_at(file)

    assert str(told.value) == f"{file}:4: has not come to serve after 3 s; this is where it was"
    assert time.monotonic() - began_s < 20


def test_a_file_that_is_not_there_is_told(tmp_path):
    """Before anything is started."""
    with pytest.raises(ScenarioError) as told:
        found(tmp_path / "nothing.py")

    assert str(told.value) == f"--megaservice {tmp_path / 'nothing.py'}: there is no such file"


def test_the_serving_process_is_told_variables_and_addresses():
    """Each node's variables hold its wire's address, and so does the table of nodes."""
    node = SeenNode("llm", "LLM", "/v1/chat/completions", (), host="LLM_HOST", port="LLM_PORT")
    file = MegaserviceFile(FILES / "chatqna.py", (), Seen("C", "/", (node,)))

    told = serving(file, "reference", None, (), {"llm": ("127.0.0.1", 4711)})

    assert told["variables"] == {"LLM_HOST": "127.0.0.1", "LLM_PORT": "4711"}
    assert told["nodes"] == {"llm": ["127.0.0.1", 4711]}
    assert told["engine"] == configuration(file.path, (), "reference", None)["engine"] == "reference"


def test_a_file_that_demands_its_own_address_is_told_one():
    """As AvatarChatbot does, which ends where it is not told; what it calls by itself is told too."""
    seen = looked_at(FILES / "wayward.py").seen
    file = MegaserviceFile(FILES / "wayward.py", (), seen)
    places = {name: ("h", at) for at, name in enumerate(("asr", "llm", "text2query", "tts"), 1)}
    variables = serving(file, "reference", None, (), places)["variables"]

    assert [each.name for each in seen.beside] == ["text2query", "tts"]
    assert seen.needed == ("MEGA_SERVICE_PORT", "MEGA_SERVICE_HOST_IP")
    assert (variables["MEGA_SERVICE_HOST_IP"], variables["MEGA_SERVICE_PORT"]) == ("127.0.0.1", "8888")
    assert (variables["TEXT2CYPHER_SERVER_HOST_IP"], variables["TEXT2CYPHER_SERVER_PORT"]) == ("h", "3")
    assert variables["TTS_ENDPOINT"] == "http://h:4/v1/tts"


def test_what_a_file_started_ends_with_it(tmp_path):
    """A process that it left behind too."""
    file = tmp_path / "forks.py"
    file.write_text(
        "import pathlib, subprocess\n"
        f"{HEAD}"
        "left = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(left.pid))\n"
        "raise SystemExit('no')\n"
    )

    with pytest.raises(ScenarioError, match=r"forks\.py:5: ended itself with 'no' before it served"):
        looked_at(file)

    left = int((tmp_path / "pid").read_text())

    assert seen(lambda: not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE)


def test_a_file_that_goes_into_the_background_is_not_waited_for_and_ends_with_it(tmp_path):
    """Neither its new session nor the pipe that it holds keeps it alive."""
    file = tmp_path / "daemon.py"
    file.write_text(
        "import os, pathlib, time\n"
        f"{HEAD}"
        "away, told = os.pipe()\n"
        "child = os.fork()\n"
        "if child:\n"
        "    os.read(away, 1)\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(child))\n"
        "    os._exit(0)\n"
        "os.setsid()\n"
        "os.write(told, b'x')\n"
        "os.fork()\n"
        "time.sleep(600)\n"
    )

    with pytest.raises(ScenarioError, match=r"daemon\.py: ended with code 0 before it was ready"):
        looked_at(file)

    left = int((tmp_path / "pid").read_text())

    assert seen(lambda: not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE)
