"""Of each law of what models serve: requests, replies, and what it says of them."""

from base64 import b64encode

import numpy as np

from mocks._wave import wav

LONG = "x" * 50
PNG = b64encode(b"\x89PNG\r\n\x1a\n").decode()
WAV = b64encode(wav(np.zeros(160))).decode()
SILENT = b64encode(wav(np.zeros(0))).decode()
NAN = float("nan")
PROOF = dict.fromkeys(("video_id", "source_video", "time_of_frame_ms", "transcript_for_inference"), "b")


def openai(words="", tokens=0, finish="stop", *, total=None, many=1):
    """A chat completion."""
    choices = [{"index": at, "message": {"content": words}, "finish_reason": finish} for at in range(many)]
    usage = {
        "prompt_tokens": 2,
        "completion_tokens": tokens,
        "total_tokens": tokens + 2 if total is None else total,
    }
    return {"choices": choices, "usage": usage}


def vectors(*rows):
    """An embedding's reply."""
    return {"data": [{"index": at, "embedding": list(row)} for at, row in enumerate(rows)]}


TGI, SVC = ("third_parties.tgi", "prompt"), "third_parties."
LOADED = "choices: the model was only loaded, though something was asked"
ROWS = {
    ("third_parties.gpt_sovits", "speech", "wav"): [
        ({}, {"base64": WAV}, None),
        ({}, {"tts_result": WAV}, None),
        ({}, {"base64": SILENT}, "the WAV is silent: it has no samples"),
        ({}, {"base64": PNG}, "the reply is no WAV of 16 bits a sample"),
        ({}, {}, "the reply is no WAV of 16 bits a sample"),
    ],
    ("image2image", "image", "as-many-pictures"): [
        ({"prompt": "a"}, {"images": [1]}, None),
        ({"prompt": ["a", "b"], "num_images_per_prompt": 3}, {"images": [1] * 6}, None),
        (
            {"prompt": ["a", "b"], "num_images_per_prompt": 3},
            {"images": [1] * 5},
            "images: are 5, 6 were asked for",
        ),
        ({"prompt": "a"}, {"images": [1, 2]}, "images: are 2, 1 were asked for"),
        ({}, {"images": []}, "images: are 0, 1 were asked for"),
    ],
    ("image2image", "image", "pngs"): [
        ({}, {"images": [PNG, PNG]}, None),
        ({}, {"images": [PNG, WAV]}, "images[1]: begins with b'RIFF' and is no PNG"),
    ],
    (*TGI, "not-empty"): [
        ({}, {"text": "a"}, None),
        ({}, {"text": ""}, "the continuation is empty"),
        ({}, {"generated_text": "a"}, None),
        ({}, {"generated_text": "", "text": "a"}, "the continuation is empty"),
    ],
    ("llms.text_generation", "params", "not-empty"): [
        ({}, openai("a"), None),
        ({}, openai(""), "the answer is empty"),
        ({}, {"choices": [{"text": "a"}, {"text": ""}]}, None),
        ({}, {"text": "a"}, None),
        ({}, {"text": ""}, "the answer is empty"),
    ],
    ("llms.text_generation", "params", "usage-adds-up"): [
        ({}, openai(tokens=3), None),
        ({}, openai(tokens=3, total=4), "usage: total_tokens is 4, prompt and completion make 5"),
        ({}, openai(tokens=3, total=6), "usage: total_tokens is 6, prompt and completion make 5"),
        ({}, {}, None),
    ],
    ("llms.text_generation", "params", "bounded"): [
        ({"max_tokens": 3}, openai(tokens=2), None),
        ({"max_tokens": 3}, openai(tokens=3), None),
        ({"max_tokens": 3}, openai(tokens=4), "usage: completion_tokens is 4, max_tokens was 3"),
        ({"max_tokens": 3, "n": 2}, openai(tokens=6), None),
        ({"max_tokens": 3, "n": 2}, openai(tokens=7), "usage: completion_tokens is 7, max_tokens was 3"),
        ({}, openai(tokens=4), None),
        ({"max_tokens": 3}, {}, None),
    ],
    ("llms.text_generation", "params", "cut-is-told"): [
        ({"max_tokens": 2}, openai("a b"), None),
        ({"max_tokens": 2}, openai("a"), None),
        ({"max_tokens": 2}, openai("a b c", finish="length"), None),
        (
            {"max_tokens": 2},
            openai("a b c"),
            "choices[0]: holds 3 words of 2 tokens and finish_reason is stop",
        ),
        (
            {"max_tokens": 2},
            openai("a b c", finish="abort"),
            "choices[0]: holds 3 words of 2 tokens and finish_reason is abort",
        ),
        ({}, openai("a b c"), None),
        ({"max_tokens": 2}, {"text": "a b c"}, None),
    ],
    ("llms.text_generation", "params", "as-many-choices"): [
        ({}, openai(), None),
        ({"n": 2}, openai(many=2), None),
        ({"n": 2}, openai(many=3), "choices: 3 came, n was 2"),
        ({"n": 2}, openai(many=1), "choices: 1 came, n was 2"),
        ({}, openai(many=2), "choices: 2 came, n was 1"),
        ({}, openai(many=0), "choices: 0 came, n was 1"),
        ({"n": 2}, {"text": "a"}, None),
    ],
    ("lvms", "picture", "not-empty"): [({}, {"text": "a"}, None), ({}, {"text": ""}, "text: is empty")],
    ("embeddings", "openai", "one-vector-a-text"): [
        ({"input": "a"}, vectors([1]), None),
        ({"input": ["a", "b"]}, vectors([1], [1]), None),
        ({"input": ["a", "b"]}, vectors([1]), "data: holds 1 vectors for 2 texts"),
        ({"input": ["a", "b"]}, vectors([1], [1], [1]), "data: holds 3 vectors for 2 texts"),
    ],
    ("embeddings", "openai", "unit-vectors"): [
        ({}, vectors([1, 0], [0.6, 0.8]), None),
        ({}, vectors([1, 0], [2, 0]), "data[1].embedding: has length 2, not 1"),
        ({"dimensions": 2}, vectors([2, 0]), None),
        ({"dimensions": 3}, vectors([2, 0]), "data[0].embedding: has length 2, not 1"),
        ({}, vectors([2] * 512), None),
    ],
    ("embeddings", "openai", "one-length"): [
        ({}, vectors(), None),
        ({}, vectors([1, 0], [0, 1]), None),
        ({}, vectors([1, 0], [1]), "data: vectors have lengths [1, 2], not one"),
    ],
    ("embeddings", "openai", "in-order"): [
        ({}, {"data": [{"index": 0}, {"index": 1}]}, None),
        ({}, {"data": [{"index": 1}, {"index": 0}]}, "data: indices are [1, 0], not 0, 1, 2 in order"),
        ({}, {"data": [{"index": 0}, {"index": 0}]}, "data: indices are [0, 0], not 0, 1, 2 in order"),
    ],
    ("embeddings", "openai", "same-text-same-vector"): [
        ({"input": ["a", "b", "a"]}, vectors([1], [2], [1]), None),
        (
            {"input": ["a", "b", "a"]},
            vectors([1], [2], [3]),
            "data[2]: the text 'a' has another vector than before",
        ),
        (
            {"input": ["a", "b", "a"]},
            vectors([3], [2], [1]),
            "data[2]: the text 'a' has another vector than before",
        ),
        ({"input": ["a", "a"]}, vectors([1]), None),
        ({"input": ["a"]}, vectors([1], [1]), None),
        ({"input": "aa"}, vectors([1], [2]), None),
    ],
    ("embeddings", "openai", "other-words-other-vector"): [
        ({"input": ["one", "two", "One!"]}, vectors([1], [2], [1]), None),
        ({"input": ["one", "two"]}, vectors([1], [1]), "data[1]: the text 'two' has the vector of 'one'"),
        (
            {"input": ["one", "two", "two one"]},
            vectors([1], [2], [2]),
            "data[2]: the text 'two one' has the vector of 'two'",
        ),
        ({"input": ["one", "\u6df1\u5ea6", "", "am", "123"]}, vectors([1], [1], [1], [1], [1]), None),
        (
            {"input": ["one " * 25, "two"]},
            vectors([1], [1]),
            f"data[1]: the text 'two' has the vector of {'one ' * 25!r}",
        ),
        ({"input": ["one " * 25 + " ", "two"]}, vectors([1], [1]), None),
        ({"input": ["one", "two"]}, vectors([1]), None),
        ({"input": "onetwo"}, vectors([1], [1], [1], [1], [1], [1]), None),
        ({"input": [[1], [2]]}, vectors([1], [1]), None),
    ],
    ("embeddings.multimodal", "text", "unit-vector"): [
        ({}, {"embedding": [0.6, 0.8]}, None),
        ({}, {"embedding": [2]}, "embedding: has length 2, not 1"),
    ],
    ("llms.lm_eval", "tokens", "one-for-each"): [
        (
            {"batched_inputs": ["abcd", "ef"]},
            {"greedy_tokens": ["abcd", "ef"], "logprobs": ["abc", "e"]},
            None,
        ),
        (
            {"batched_inputs": ["abcd", "ef"]},
            {"greedy_tokens": ["abc", "e"], "logprobs": ["abc", "e"]},
            "greedy_tokens: rows have lengths [3, 1]; the inputs have [4, 2]",
        ),
        (
            {"batched_inputs": ["abcd", "ef"]},
            {"greedy_tokens": ["abcd", "ef"], "logprobs": ["abcd", "ef"]},
            "logprobs: rows have lengths [4, 2]; the inputs have [4, 2]",
        ),
        (
            {"batched_inputs": ["abcd"]},
            {"greedy_tokens": ["abcd"], "logprobs": ["ab"]},
            "logprobs: rows have lengths [2]; the inputs have [4]",
        ),
    ],
    ("llms.lm_eval", "tokens", "are-logprobs"): [
        ({}, {"logprobs": [[-1.5, 0]]}, None),
        ({}, {"logprobs": [[-1.5], [0.01]]}, "logprobs: 0.01 is no logarithm of a probability"),
        ({}, {"logprobs": [[NAN]]}, "logprobs: nan is no logarithm of a probability"),
        ({}, {"logprobs": [[-float("inf")]]}, "logprobs: -inf is no logarithm of a probability"),
    ],
    ("llms.lm_eval", "tokens", "inputs-kept"): [
        ({"batched_inputs": [[2]]}, {"batched_inputs": [[2]]}, None),
        ({"batched_inputs": [[2]]}, {"batched_inputs": [[1]]}, "batched_inputs: are not those asked"),
        ({"batched_inputs": [[2]]}, {"batched_inputs": [[3]]}, "batched_inputs: are not those asked"),
    ],
    ("llms.doc_summarization", "text", "not-empty"): [
        ({}, {"text": "a"}, None),
        ({}, {"text": ""}, "the answer is empty"),
    ],
    ("llms.doc_summarization", "text", "keeps-prompt"): [
        ({"messages": "b"}, {"prompt": "b"}, None),
        ({"messages": "b"}, {}, None),
        ({"messages": []}, {"prompt": "b"}, None),
        ({"messages": "b"}, {"prompt": "a"}, "prompt: is 'a', which was not asked"),
        ({"messages": "b"}, {"prompt": LONG}, f"prompt: is {LONG[:40]!r}, which was not asked"),
    ],
    ("lvms", "searched", "proof-kept"): [
        ({"metadata": [PROOF]}, {"text": "a"}, None),
        *[
            (
                {"metadata": [PROOF, {}]},
                {"metadata": {**PROOF, **change}},
                words,
            )
            for change, words in (
                ({}, None),
                ({"video_id": "a"}, "metadata.video_id: is 'a', found was 'b'"),
                ({"source_video": "c"}, "metadata.source_video: is 'c', found was 'b'"),
                (
                    {"transcript_for_inference": None},
                    "metadata.transcript_for_inference: is None, found was 'b'",
                ),
            )
        ],
    ],
    (f"{SVC}bridgetower", "pair", "finite"): [
        ({}, {"embedding": [3, 4]}, None),
        ({}, {"embedding": [3, NAN]}, "embedding[1]: is nan, no finite number"),
    ],
    (f"{SVC}clip", "text", "finite"): [
        ({}, {"embedding": [3, 4]}, None),
        ({}, {"embedding": [[3, 4], [3, NAN]]}, "embedding[1][1]: is nan, no finite number"),
        ({}, {"embedding": {"embedding": [3, NAN]}}, "embedding[0][1]: is nan, no finite number"),
        ({}, vectors([3], [NAN]), "embedding[1][0]: is nan, no finite number"),
        ({}, {"embedding": []}, None),
    ],
    (f"{SVC}clip", "text", "one-vector-a-text"): [
        ({"text": "a"}, {"embedding": [1, 2]}, None),
        ({"input": ["a", "b"]}, {"embedding": [[1], [2]]}, None),
        ({"input": ["a", "b"]}, {"embedding": [[1]]}, "1 vectors for 2 texts"),
        ({"text": ["a", "b"]}, {"embedding": [[1], [2], [3]]}, "3 vectors for 2 texts"),
    ],
    (f"{SVC}clip", "text", "dimensions"): [
        ({"dimensions": 2}, {"embedding": [[1, 2], [3, 4]]}, None),
        ({"dimensions": 2}, {"embedding": [[1, 2], [3]]}, "vectors have [1, 2] numbers, not 2"),
        ({}, {"embedding": [1] * 512}, None),
        ({}, {"embedding": []}, None),
        ({"dimensions": 600}, {"embedding": [1] * 512}, None),
        ({"dimensions": 600}, {"embedding": [1] * 600}, "vectors have [600] numbers, not 512"),
    ],
    (f"{SVC}ipex", "chat", "one-text"): [
        ({}, ["a"], None),
        ({}, {"text": "a"}, None),
        ({}, [], "the reply holds 0 texts, or an empty one"),
        ({}, ["a", "b"], "the reply holds 2 texts, or an empty one"),
        ({}, {"text": ""}, "the reply holds 1 texts, or an empty one"),
    ],
    (f"{SVC}llama_vision.guard", "picture", "verdict"): [
        ({}, {"text": "safe"}, None),
        ({}, {"text": "unsafe\nS1"}, None),
        ({}, {"text": LONG}, f"text: is {LONG[:40]!r}"),
        ({}, {"text": "a\nsafe"}, "text: is 'a\\nsafe'"),
    ],
    ("animation", "recording", "video"): [
        ({}, {"wav2lip_result": "/a.mp4"}, None),
        ({}, {"wav2lip_result": "/a.png"}, "the path is '/a.png', no video's (.mp4 or .avi)"),
    ],
    (f"{SVC}ollama", "chat", "not-empty"): [
        ({}, {"text": "a"}, None),
        ({}, {"text": ""}, "the answer is empty"),
        ({"prompt": "a"}, openai("a"), None),
        ({"prompt": "a"}, {"choices": [{"text": "a"}, {"text": ""}]}, None),
        ({"messages": [{"content": "a"}]}, openai(""), "the answer is empty"),
        ({"prompt": "a"}, openai("", finish="length"), None),
        ({"messages": [{"content": ""}]}, openai("", finish="load"), None),
        ({"prompt": "a"}, openai("", finish="load"), LOADED),
        ({"messages": [{"content": ""}, {"content": "a"}]}, openai("", finish="load"), LOADED),
        ({"stop": ""}, openai(""), None),
        ({"stop": ["a", ""]}, openai(""), None),
        ({"stop": "a"}, openai(""), "the answer is empty"),
        ({"stop": None}, openai(""), "the answer is empty"),
    ],
    (f"{SVC}ollama", "chat", "bounded"): [
        ({"max_tokens": 1}, openai(tokens=1), None),
        ({"max_tokens": 1}, openai(tokens=2), "usage: completion_tokens is 2, max_tokens was 1"),
        ({"max_tokens": 2}, openai(tokens=3), "usage: completion_tokens is 3, max_tokens was 2"),
        ({"max_tokens": 1, "n": 2}, openai(tokens=2), "usage: completion_tokens is 2, max_tokens was 1"),
        ({"max_tokens": 0}, openai(tokens=2), None),
        ({"max_tokens": -1}, openai(tokens=2), None),
        ({"max_tokens": None}, openai(tokens=2), None),
        ({}, openai(tokens=2), None),
    ],
    (f"{SVC}ollama", "chat", "cut-is-told"): [
        (
            {"max_tokens": 1, "a": 1, "z": 1},
            openai("a b", finish="stop"),
            "choices[0]: holds 2 words of 1 tokens and finish_reason is stop",
        ),
    ],
    (f"{SVC}ollama", "lines", "not-empty"): [
        ({}, {"text": "a"}, None),
        ({}, {"response": "a"}, None),
        ({}, {"message": {"content": "a"}}, None),
        ({"options": {"num_predict": 0}}, {}, None),
        *[
            (asked, {"message": None}, "the answer is empty")
            for asked in (
                {},
                {"options": None},
                {"options": {"num_predict": 1}},
                {"options": {"num_predict": -1}},
            )
        ],
    ],
    (f"{SVC}ovms", "texts", "one-vector-a-text"): [
        ({"input": ["a", "b"]}, vectors([1], [1]), None),
        ({"input": ["a", "b"]}, vectors([1]), "data: holds 1 vectors for 2 texts"),
        ({"input": ["a", "b"]}, vectors([1], [1], [1]), "data: holds 3 vectors for 2 texts"),
    ],
    (f"{SVC}ovms", "texts", "finite"): [
        ({}, vectors([3, 4]), None),
        ({}, vectors([3], [NAN]), "data[1].embedding[0]: is nan, no finite number"),
    ],
    (f"{SVC}ovms", "documents", "best-first"): [
        ({}, {"results": [{"relevance_score": 2}, {"relevance_score": 1}]}, None),
        (
            {},
            {"results": [{"relevance_score": 1}, {"relevance_score": 2}]},
            "results[1]: score 2 is above 1 before it",
        ),
    ],
    (f"{SVC}ovms", "documents", "known-places"): [
        ({"documents": "abc"}, {"results": [{"index": each} for each in (2, 0, 1)]}, None),
        ({"documents": "abc", "top_n": 2}, {"results": [{"index": each} for each in (2, 0)]}, None),
        ({"documents": "abc", "top_n": 2}, {"results": [{"index": 2}]}, None),
        *[
            (
                {"documents": "abc", "top_n": 2},
                {"results": [{"index": each} for each in places]},
                f"results: indices are {places}, of 3 documents at most 2",
            )
            for places in ([0, 1, 2], [0, 0], [0, 3], [-1])
        ],
    ],
    (f"{SVC}tei", "texts", "one-vector-a-text"): [
        ({"inputs": "ab"}, [[1]], None),
        ({"inputs": ["a", "b"]}, [[1], [1]], None),
        ({"inputs": ["a", "b"]}, [[1]], "1 vectors for 2 texts"),
        ({"inputs": "ab"}, [[1], [1]], "2 vectors for 1 texts"),
    ],
    (f"{SVC}tei", "texts", "unit-vectors"): [
        ({}, [[1], [0.6, 0.8]], None),
        ({}, [[1], [2]], "[1]: has length 2, not 1"),
        ({"normalize": False}, [[2]], None),
    ],
    (f"{SVC}tei", "texts", "each-text-once"): [
        ({"texts": "abc"}, [{"index": each} for each in (2, 0, 1)], None),
        (
            {"texts": "abc"},
            [{"index": each} for each in (2, 0)],
            "index: places are [0, 2], the texts' are [0, 1, 2]",
        ),
        (
            {"texts": "ab"},
            [{"index": each} for each in (1, 1)],
            "index: places are [1, 1], the texts' are [0, 1]",
        ),
        (
            {"texts": "ab"},
            [{"index": each} for each in (0, 0)],
            "index: places are [0, 0], the texts' are [0, 1]",
        ),
    ],
    (f"{SVC}tei", "texts", "falling"): [
        ({}, [{"score": 2}, {"score": 1}], None),
        ({}, [{"score": 1}, {"score": 2}], "score[1]: score 2 is above 1 before it"),
    ],
    (f"{SVC}video_llama", "piece", "ended"): [
        ({}, {"text": "a</s>"}, None),
        ({}, {"text": "abcdefghijkl"}, "the text ends with 'efghijkl'"),
    ],
}
