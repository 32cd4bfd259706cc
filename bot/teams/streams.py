"""Reading what comes over the wire, up to a limit."""

from __future__ import annotations

from aiohttp import StreamReader


class TooLarge(Exception):
    """More came than was wanted."""


async def read_all(content: StreamReader, limit_bytes: int) -> bytes:
    """Everything, counted after decompression, so that a small compressed body cannot grow past the limit.

    Raises `TooLarge` as soon as the limit is passed, and whatever the connection raises.
    """
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit_bytes:
            raise TooLarge
    return bytes(body)
