"""Pictures without a model: small PNGs of a prompt's colour that carry the prompt, and what can be told of a picture.

A picture is of the colour that its prompt names, or of one that follows from the prompt; seed and place decide its shade.
Its text is an `iTXt` chunk, as image editors write descriptions.
"""

import re
import struct
import zlib
from base64 import b64decode
from dataclasses import dataclass
from hashlib import blake2b
from struct import pack, unpack_from

import numpy as np
from numpy.typing import NDArray

SIDE_PIXELS = 16
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS_MAX = 2**22  # A larger picture is told by its size alone.
TITLE = b"Description\0\0\0\0\0"  # Keyword, not compressed, no language, no translated keyword.
COLOURS = {
    "red": (220, 40, 40), "orange": (240, 140, 30), "yellow": (240, 220, 40), "green": (40, 160, 60),
    "blue": (40, 80, 210), "purple": (130, 50, 170), "pink": (245, 150, 190), "brown": (120, 75, 40),
    "black": (15, 15, 15), "white": (245, 245, 245), "grey": (128, 128, 128),
}  # fmt: skip

_NAMED = re.compile(rf"\b({'|'.join(COLOURS)}|gray)\b", re.IGNORECASE)
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # By PNG's colour type.

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """What can be told of a picture; an unknown colour and a picture without text are empty."""

    width: int
    height: int
    colour: str = ""
    text: str = ""

    @property
    def told(self) -> str:
        """A sentence about the picture."""
        kind = f"{self.colour} picture" if self.colour else "picture"
        about = f": {self.text.rstrip('.')}" if self.text else ""
        article = "An" if kind[0] in "aeiou" else "A"
        return f"{article} {kind} of {self.width} by {self.height} pixels{about}."


def painted(prompt: str, *key: object) -> bytes:
    """A PNG of the prompt; another `key` (a seed, a place) gives another picture of the same colour."""
    digest = blake2b(repr((prompt, key)).encode(), digest_size=SIDE_PIXELS).digest()
    shades = np.frombuffer(digest, dtype=np.uint8).astype(np.int16) % 16 - 8
    pixels = np.array(COLOURS[_colour_of(prompt)], dtype=np.int16) + shades[:, None, None]
    square = np.broadcast_to(pixels.clip(0, 255).astype(np.uint8), (SIDE_PIXELS, SIDE_PIXELS, 3))
    return png(square, prompt)


def png(pixels: Pixels, text: str = "") -> bytes:
    """A PNG of RGB pixels (height, width, 3)."""
    height, width, _ = pixels.shape
    rows = np.concatenate((np.zeros((height, 1), dtype=np.uint8), pixels.reshape(height, -1)), axis=1)
    chunks = [(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    if text:
        chunks.append((b"iTXt", TITLE + text.encode("utf-8", "replace")))
    chunks += [(b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def seen(image: str | bytes) -> Picture:
    """What a picture shows, given as bytes or base64 (with or without `data:...;base64,`).

    Raises ValueError for what is no picture.
    """
    data = image if isinstance(image, bytes) else decoded(image)
    if data.startswith(SIGNATURE):
        return _png_seen(data)
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return Picture(*unpack_from("<HH", data, 6))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_seen(data)
    raise ValueError(f"the image begins with {data[:4]!r} and is no picture; PNG, JPEG or GIF is wanted")


def decoded(text: str) -> bytes:
    """The bytes of base64; raises ValueError where it is none."""
    try:
        return b64decode(text.partition("base64,")[2] or text, validate=True)
    except ValueError as error:
        raise ValueError(f"{text[:20]!r} is no base64: {error}") from None


def _colour_of(prompt: str) -> str:
    named = _NAMED.search(prompt)
    if named:
        return named[1].lower().replace("gray", "grey")
    return sorted(COLOURS)[
        blake2b(prompt.encode("utf-8", "replace"), digest_size=1).digest()[0] % len(COLOURS)
    ]


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))


def _png_seen(data: bytes) -> Picture:
    chunks = _chunks(data)
    head = b"".join(chunks.get(b"IHDR", ()))
    if len(head) < 13:
        raise ValueError("the image is a PNG without its head")
    width, height, depth, kind, _, _, interlaced = unpack_from(">IIBBBBB", head)
    text = next((each.removeprefix(TITLE).decode("utf-8", "replace") for each in chunks.get(b"iTXt", ())), "")
    if depth != 8 or interlaced or kind not in _CHANNELS or width * height > PIXELS_MAX:
        return Picture(width, height, text=text)
    try:
        rows = zlib.decompress(b"".join(chunks.get(b"IDAT", ())))
        pixels = _unfiltered(rows, height, width, _CHANNELS[kind])
    except (zlib.error, ValueError):
        raise ValueError("the image is a PNG whose pixels cannot be read") from None
    palette = b"".join(chunks.get(b"PLTE", ()))
    return Picture(width, height, _named(_rgb(pixels, kind, palette)), text)


def _chunks(data: bytes) -> dict[bytes, list[bytes]]:
    """The chunks of a PNG by name."""
    found: dict[bytes, list[bytes]] = {}
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = unpack_from(">I4s", data, at)
        found.setdefault(name, []).append(data[at + 8 : at + 8 + length])
        at += 12 + length
    return found


def _unfiltered(rows: bytes, height: int, width: int, channels: int) -> Pixels:
    """The pixels (height, width, channels); raises ValueError where there are not enough."""
    table = np.frombuffer(rows, dtype=np.uint8).reshape(height, 1 + width * channels)
    pixels = np.zeros((height, width, channels), dtype=np.uint8)
    before = np.zeros((width, channels), dtype=np.uint8)
    for at in range(height):
        line = table[at, 1:].reshape(width, channels)
        before = pixels[at] = _row(int(table[at, 0]), line, before)
    return pixels


def _row(kind: int, line: Pixels, above: Pixels) -> Pixels:
    """One row without its filter: none, left, above, their mean, or whichever is nearest (Paeth)."""
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line, axis=0, dtype=np.uint8)
    if kind == 2:
        return line + above
    row = np.zeros_like(line)
    left, corner = np.zeros_like(line[0]), np.zeros_like(line[0])
    for at in range(len(line)):
        up = above[at]
        guess = (left.astype(np.int16) + up) // 2 if kind == 3 else _paeth(left, up, corner)
        row[at] = line[at] + guess.astype(np.uint8)
        left, corner = row[at], up
    return row


def _paeth(left: Pixels, up: Pixels, corner: Pixels) -> NDArray[np.int16]:
    a, b, c = (each.astype(np.int16) for each in (left, up, corner))
    away = np.abs(np.stack((b - c, a - c, a + b - 2 * c)))
    nearest: NDArray[np.int16] = np.choose(away.argmin(axis=0), (a, b, c))
    return nearest


def _rgb(pixels: Pixels, kind: int, palette: bytes) -> NDArray[np.float64]:
    """The mean colour."""
    if kind == 3:
        table = np.frombuffer(palette, dtype=np.uint8).reshape(-1, 3)
        return np.asarray(table[pixels[..., 0].clip(0, len(table) - 1)].reshape(-1, 3).mean(axis=0))
    colours = pixels[..., :1].repeat(3, axis=2) if kind in (0, 4) else pixels[..., :3]
    return np.asarray(colours.reshape(-1, 3).mean(axis=0))


def _named(rgb: NDArray[np.float64]) -> str:
    return min(COLOURS, key=lambda name: float(np.square(rgb - COLOURS[name]).sum()))


def _jpeg_seen(data: bytes) -> Picture:
    """A JPEG's size; its colour would take a decoder."""
    at = 2
    try:
        while data[at] == 0xFF:
            mark, length = unpack_from(">BH", data, at + 1)
            if mark in (0xC0, 0xC1, 0xC2):
                height, width = unpack_from(">HH", data, at + 5)
                return Picture(width, height)
            at += 2 + length
    except (IndexError, struct.error):
        pass
    raise ValueError("the image is a JPEG without its size")
