"""Lines out of bytes that arrive in any chunking."""

SAMPLE_BYTES = 120  # Enough to recognise what went wrong, short enough for a message.


# Offset and end, as byte positions in the whole stream; the content without its ending; whether the line was over the
# limit, so that the content is only its head. A plain tuple, because two are made for every token.
Line = tuple[int, int, bytes, bool]


class LineSplitter:
    """Splits a stream at CR, LF or CRLF, wherever the chunks fall; costs linear time, holds at most one line.

    A line over `line_bytes_max` is not kept: its head is given, marked as cut.
    """

    __slots__ = ("_after_cr", "_begin", "_held", "_held_bytes", "_line_bytes_max")

    def __init__(self, line_bytes_max: int = 2**20) -> None:
        self._line_bytes_max = line_bytes_max
        self._held: list[bytes] = []
        self._held_bytes = 0  # What the stream had of this line, kept or not.
        self._begin = 0
        self._after_cr = False

    @property
    def position(self) -> int:
        """How many bytes of the stream are in lines already given."""
        return self._begin

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that this chunk completes."""
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk.startswith(b"\n"):  # The second half of a CRLF that fell between two chunks.
                self._begin += 1
                chunk = chunk[1:]
        pieces = chunk.splitlines(keepends=True)
        rest = pieces.pop() if pieces and not pieces[-1].endswith((b"\n", b"\r")) else b""
        if not pieces:
            lines = []
        elif self._held:
            lines = [self._close(pieces[0]), *self._whole(pieces[1:])]
        else:
            lines = self._whole(pieces)
        if rest:
            self._hold(rest)
        elif pieces:
            self._after_cr = pieces[-1].endswith(b"\r")
        return lines

    def finish(self) -> Line | None:
        """The last line, if the stream ended without ending it."""
        return self._close(b"") if self._held else None

    def _whole(self, pieces: list[bytes]) -> list[Line]:
        lines: list[Line] = []
        begin, longest = self._begin, self._line_bytes_max
        for piece in pieces:
            end, content = begin + len(piece), piece.rstrip(b"\r\n")
            is_cut = len(content) > longest
            lines.append((begin, end, content[:SAMPLE_BYTES] if is_cut else content, is_cut))
            begin = end
        self._begin = begin
        return lines

    def _hold(self, piece: bytes) -> None:
        if self._held_bytes <= self._line_bytes_max:
            self._held.append(piece[: self._line_bytes_max + 1])
        self._held_bytes += len(piece)

    def _close(self, piece: bytes) -> Line:
        self._hold(piece)
        content = b"".join(self._held).rstrip(b"\r\n")
        is_cut = len(content) > self._line_bytes_max
        offset, end = self._begin, self._begin + self._held_bytes
        self._held.clear()
        self._begin, self._held_bytes = end, 0
        return offset, end, content[:SAMPLE_BYTES] if is_cut else content, is_cut
