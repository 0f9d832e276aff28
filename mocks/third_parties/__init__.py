"""Servers that OPEA's comps call: CLIP, TEI, Ollama, vLLM, TGI."""

from mocks.third_parties import clip, ollama, tei, tgi, vllm

COMPS = (clip.COMP, ollama.COMP, tei.COMP, tgi.COMP, vllm.COMP)
