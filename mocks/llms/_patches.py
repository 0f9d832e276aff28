"""LangChain's log of a chain, as the patches that its `astream_log` streams: who runs, each token twice, and what came of it.

Seen of the genuine components over vLLM (langchain 0.3.27).
"""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson

from harness.comp import Stream
from mocks._speech import MODEL, split

MODEL_LOG, CHAIN_LOG = "/logs/VLLMOpenAI", "/logs/LLMChain"
TIME = "2023-11-14T22:13:20.000+00:00"  # A fixed one, so that equal requests have equal replies.


def patches(tokens: tuple[str, ...], prompt: str, *, refines: bool = False) -> Stream:
    """The stream of a chain that reads a prompt and says these tokens; one that refines also tells its steps."""
    text = "".join(tokens)
    chain = f"{'Refine' if refines else 'Stuff'}DocumentsChain"
    opened: dict[str, Any] = {
        "id": _id(chain, prompt),
        "streamed_output": [],
        "final_output": None,
        "logs": {},
    }
    generation = {
        "text": text,
        "generation_info": {"finish_reason": "stop", "logprobs": None},
        "type": "Generation",
    }
    told = {"token_usage": {}, "model_name": MODEL}
    result = {"generations": [[generation]], "llm_output": told, "run": None, "type": "LLMResult"}
    output = _output(prompt, text, refines=refines)
    return Stream(
        "json_ops",
        head=(
            _event(_op("", {**opened, "name": chain, "type": "chain"}, "replace")),
            _event(_op(CHAIN_LOG, _run("LLMChain", "chain", prompt))),
            _event(_op(MODEL_LOG, _run("VLLMOpenAI", "llm", prompt))),
        ),
        tokens=tuple(map(_token, tokens)),
        tail=(
            _event(*_ended(MODEL_LOG, result)),
            _event(*_ended(CHAIN_LOG, {"text": text})),
            _event(_op("/streamed_output/-", output), _op("/final_output", output, "replace")),
            b"data: [DONE]\n\n",
        ),
        prompt_tokens=len(split(prompt)),
    )


def _token(text: str) -> bytes:
    return _event(*(_op(f"{MODEL_LOG}/{log}/-", text) for log in ("streamed_output_str", "streamed_output")))


def _run(name: str, kind: str, prompt: str) -> dict[str, Any]:
    return {
        "id": _id(name, prompt),
        "name": name,
        "type": kind,
        "tags": [],
        "metadata": {},
        "start_time": TIME,
        "streamed_output": [],
        "streamed_output_str": [],
        "final_output": None,
        "end_time": None,
    }


def _ended(log: str, output: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return _op(f"{log}/final_output", output), _op(f"{log}/end_time", TIME)


def _output(prompt: str, text: str, *, refines: bool) -> dict[str, Any]:
    document = {
        "lc": 1,
        "type": "constructor",
        "id": ["langchain", "schema", "document", "Document"],
        "kwargs": {"page_content": prompt, "type": "Document"},
    }
    steps = {"intermediate_steps": [text]} if refines else {}
    return {"input_documents": [document], **steps, "output_text": text}


def _id(name: str, prompt: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{name} {prompt.encode('utf-8', 'replace')!r}"))


def _op(path: str, value: Any, op: str = "add") -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


def _event(*ops: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps({"ops": ops}) + b"\n\n"
