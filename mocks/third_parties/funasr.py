"""FunASR's Paraformer: recordings to words, mostly Chinese, on Whisper's routes."""

from harness.comp import Comp
from mocks._audio import PARAFORMER, Transcription
from mocks.third_parties._listening import Listener


class Form(Transcription):
    """The form, with its own default model."""

    model: str = PARAFORMER


SERVER = Listener("comps/third_parties/funasr/src/funasr_server.py", PARAFORMER, Form)

COMP = Comp(
    id="third_parties.funasr",
    title="funasr",
    port=7066,
    service_type="ASR",
    image="opea/funasr-paraformer:latest",
    framework=False,
    statistics=False,
    ready="/health",
    endpoints=SERVER.endpoints(),
)
