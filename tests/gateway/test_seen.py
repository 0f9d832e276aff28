"""What was seen of a file, as data."""

from dataclasses import replace
from pathlib import Path

import orjson

from harness.gateway.seen import MegaserviceFile, Seen, SeenNode

NODE = SeenNode("llm", "LLM", "/v1/chat/completions", ("asr",), host="LLM_HOST", port="LLM_PORT")


def test_variables_put_a_node_at_an_address():
    """Those that its address was seen to come from, and no others."""
    assert NODE.variables(("127.0.0.1", 80)) == {"LLM_HOST": "127.0.0.1", "LLM_PORT": "80"}
    assert replace(NODE, host="", port="", url="LLM_URL").variables(("127.0.0.1", 80)) == {
        "LLM_URL": "http://127.0.0.1:80"
    }


def test_a_node_with_a_key_holds_its_whole_address_in_the_host():
    """As OPEA calls such a one."""
    assert replace(NODE, has_key=True).variables(("127.0.0.1", 80))["LLM_HOST"] == "http://127.0.0.1:80"


def test_it_survives_being_written_and_read():
    """JSON and back is the same."""
    file = MegaserviceFile(Path("/x/chatqna.py"), ("--a",), Seen("T", "/t", (NODE,)), ("json",))

    assert MegaserviceFile.of_json(orjson.loads(orjson.dumps(file.as_json()))) == file
    assert file.name == "chatqna"
