"""Servers that OPEA's comps and graphs call: models of text, speech, vision and vectors."""

from mocks.third_parties import clip, funasr, gpt_sovits, ollama, speecht5, tei, tgi, vllm, wav2lip, whisper

COMPS = (
    clip.COMP,
    funasr.COMP,
    gpt_sovits.COMP,
    ollama.COMP,
    speecht5.COMP,
    tei.COMP,
    tgi.COMP,
    vllm.COMP,
    wav2lip.COMP,
    whisper.COMP,
)
