"""A picture to send in a story: a window with an error in it, drawn with the standard library only."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 320, 180  # pixels
_PALETTE = ((245, 245, 245), (91, 95, 199), (255, 255, 255), (196, 49, 75), (97, 97, 97))


def screenshot() -> bytes:
    """A PNG of a window with a title bar, a red mark and three lines."""
    rows = b"".join(b"\0" + bytes(_colour(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(colour) for colour in _PALETTE)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _colour(x: int, y: int) -> int:
    if not (20 <= x < WIDTH - 20 and 20 <= y < HEIGHT - 20):  # noqa: PLR2004 -- the desktop around the window
        return 0
    if y < 40:  # noqa: PLR2004 -- the title bar
        return 1
    if (x - 52) ** 2 + (y - 90) ** 2 < 18**2:
        return 3
    return 4 if 90 <= x < 270 and y in {*range(74, 80), *range(90, 96), *range(106, 112)} else 2  # noqa: PLR2004
