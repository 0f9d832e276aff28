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


def test_what_is_called_beside_the_graph_is_told_where_it_stands():
    """As far as anything stands there."""
    beside = SeenNode("tts", "UNDEFINED", "/v1/tts", (), url="TTS_URL", url_path="/v1/tts")
    seen = Seen(
        "T", "/t", (NODE,), (beside, replace(beside, name="none", url="OTHER")), ("MEGA_SERVICE_HOST_IP",)
    )
    found = seen.variables({"llm": ("h", 1), "tts": ("h", 2)})

    assert found == {"LLM_HOST": "h", "LLM_PORT": "1", "TTS_URL": "http://h:2/v1/tts"}
    assert Seen.of_json(orjson.loads(orjson.dumps(seen.as_json()))) == seen


def test_a_file_of_an_earlier_run_can_still_be_read():
    """Which knew nothing of what is called beside, nor of what no question reaches."""
    document = MegaserviceFile(Path("/x/chatqna.py"), (), Seen("T", "/t", (NODE,))).as_json()
    for name in ("beside", "needed"):
        del document["seen"][name]
    del document["unasked"]

    assert MegaserviceFile.of_json(document).seen.beside == ()
