"""A language model of 3 MB that says words at random: the shape of a llama, one layer, weights from a fixed seed, as a GGUF file.

An answer of it means nothing; that there is one, token after token, is what it is for. GGUF's layout is that of
github.com/ggml-org/ggml, docs/gguf.md, version 3.
"""

import random
import struct
from array import array
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path

WIDTH = 32
INNER = 64
HEADS = 2
CONTEXT_TOKENS = 8192
ALIGNMENT = 32
SEED = 5
END = 2  # The token that ends an answer.
NEVER = 20.0  # A weight against which no other stands.
END_SCALE = 0.42  # It weighs more than a word: some answers end, and none before a few words, amid which a fault can come.
UNUSED_TOKENS = (
    10_000  # To look for the next among all takes a millisecond, so that a stream is seen to be one.
)

NORMAL, UNKNOWN, CONTROL, UNUSED, BYTE = 1, 2, 3, 5, 6  # Kinds of tokens.
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9  # Kinds of values.
WORDS = """a and are as at be bridge by city day each for from ground hour in is it line long map more near of on one open other
    path people place river road say season station street sun the then there this ticket time to town train two under walk water
    way where will with year""".split()  # noqa: SIM905 - prose is easier to keep sorted

Token = tuple[str, float, int]


def tokens() -> list[Token]:
    """The vocabulary: marks, every byte, which spells whatever is asked, and words, which are all that it says."""
    marks = [("<unk>", 0.0, UNKNOWN), ("<s>", 0.0, CONTROL), ("</s>", 0.0, CONTROL)]
    spelled = [(f"<0x{byte:02X}>", 0.0, BYTE) for byte in range(256)]
    unused = [(f"<unused{number}>", 0.0, UNUSED) for number in range(UNUSED_TOKENS)]
    said = [(f"\u2581{word}", -float(rank), NORMAL) for rank, word in enumerate(WORDS)]
    return [*marks, *spelled, *unused, *said]


def tensors(vocabulary: Sequence[Token]) -> Iterator[tuple[str, tuple[int, ...], array]]:
    """Names, shapes (innermost first) and numbers.

    Of what is on its way through, nothing touches the first two numbers. One tells what was asked from what was said: the end cannot
    follow what was asked, so that no answer is empty. The other is always 1: by it nothing is said but words and the end.
    """
    chance = random.Random(SEED)
    count = len(vocabulary)
    asked = sum(kind != NORMAL for _, _, kind in vocabulary)

    def drawn(*shape: int, scale: float = 0.3) -> tuple[tuple[int, ...], array]:
        return shape, array("f", (chance.gauss(0, scale) for _ in range(prod(shape))))

    def ones() -> tuple[tuple[int, ...], array]:
        return (WIDTH,), array("f", [1.0] * WIDTH)

    shape, way_in = drawn(WIDTH, count)
    way_in[::WIDTH] = array("f", [3.0] * asked + [0.0] * (count - asked))
    way_in[1::WIDTH] = array("f", [1.0] * count)
    yield "token_embd.weight", shape, way_in
    shape, way_out = drawn(WIDTH, count)
    way_out[END * WIDTH : (END + 1) * WIDTH] = drawn(WIDTH, scale=END_SCALE)[1]
    way_out[::WIDTH] = array("f", [0.0] * count)
    way_out[1::WIDTH] = array("f", [-NEVER] * asked + [0.0] * (count - asked))
    way_out[END * WIDTH : END * WIDTH + 2] = array("f", [-NEVER, 0.0])
    yield "output.weight", shape, way_out
    yield "output_norm.weight", *ones()
    for name in ("attn_norm", "ffn_norm"):
        yield f"blk.0.{name}.weight", *ones()
    for name in ("attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up"):
        yield f"blk.0.{name}.weight", *drawn(WIDTH, INNER if name.startswith("ffn") else WIDTH)
    for name, inner in (("attn_output", WIDTH), ("ffn_down", INNER)):
        shape, numbers = drawn(inner, WIDTH)
        numbers[: 2 * inner] = array("f", [0.0] * (2 * inner))
        yield f"blk.0.{name}.weight", shape, numbers


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _value(kind: int, value: object) -> bytes:
    if kind == STRING:
        return _text(str(value))
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f"}[kind], value)


def _entry(key: str, kind: int, value: object) -> bytes:
    return _text(key) + struct.pack("<I", kind) + _value(kind, value)


def _list(key: str, kind: int, values: Sequence[object]) -> bytes:
    head = _text(key) + struct.pack("<IIQ", ARRAY, kind, len(values))
    return head + b"".join(_value(kind, each) for each in values)


def _about(vocabulary: Sequence[Token]) -> list[bytes]:
    texts, scores, kinds = zip(*vocabulary, strict=True)
    numbers = {
        "general.alignment": ALIGNMENT,
        "llama.context_length": CONTEXT_TOKENS,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(vocabulary),
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": END,
    }
    return [
        _entry("general.architecture", STRING, "llama"),
        _entry("general.name", STRING, "tiny"),
        *(_entry(key, UINT32, number) for key, number in numbers.items()),
        _entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
        _entry("tokenizer.ggml.model", STRING, "llama"),
        _list("tokenizer.ggml.tokens", STRING, texts),
        _list("tokenizer.ggml.scores", FLOAT32, scores),
        _list("tokenizer.ggml.token_type", INT32, kinds),
    ]


def written(path: Path) -> Path:
    """The model's file, the same each time."""
    vocabulary = tokens()
    about, infos, data = _about(vocabulary), b"", b""
    named = list(tensors(vocabulary))
    for name, shape, numbers in named:
        infos += _text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos += struct.pack("<IQ", 0, len(data))  # 0 is a float of 32 bits.
        data += numbers.tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(named), len(about)) + b"".join(about) + infos
    path.write_bytes(head + bytes(-len(head) % ALIGNMENT) + data)
    return path
