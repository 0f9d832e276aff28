"""Servers that OPEA's comps and graphs call: models of text, speech, vision and vectors."""

from mocks.third_parties import (
    bridgetower,
    clip,
    funasr,
    gpt_sovits,
    ipex,
    llama_vision,
    llava,
    ollama,
    predictionguard,
    speecht5,
    tei,
    tgi,
    video_llama,
    vllm,
    wav2lip,
    whisper,
)

COMPS = (
    bridgetower.COMP,
    clip.COMP,
    funasr.COMP,
    gpt_sovits.COMP,
    ipex.COMP,
    *llama_vision.COMPS,
    llava.COMP,
    ollama.COMP,
    predictionguard.COMP,
    speecht5.COMP,
    tei.COMP,
    tgi.COMP,
    video_llama.COMP,
    vllm.COMP,
    wav2lip.COMP,
    whisper.COMP,
)
