"""Whisper: recordings to words, uploaded in OpenAI's manner or as base64 in JSON."""

from harness.comp import Comp
from mocks._audio import WHISPER
from mocks.third_parties._listening import Listener

SERVER = Listener("comps/third_parties/whisper/src/whisper_server.py", WHISPER)

COMP = Comp(
    id="third_parties.whisper",
    title="whisper",
    port=7066,
    service_type="ASR",
    image="opea/whisper:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=SERVER.endpoints(),
)
