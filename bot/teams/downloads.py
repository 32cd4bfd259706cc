"""Fetching the files and pictures people send, without becoming anybody's tool for reading other machines.

A file lies in the sender's OneDrive behind a pre-signed address; a pasted picture lies at the Bot Connector and needs
the bot's token. Each has its own list of hosts, every redirect is compared with it again, and the token goes to Teams
hosts only.
"""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.teams.hosts import TrustedHosts
from bot.teams.streams import TooLarge, read_all
from bot.wire import Attachment, Busy, InDoubt, Refused

_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5, sock_read=15)
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


class Downloads:
    """Reads attachments, up to a limit, from trusted hosts. Any call may be repeated."""

    def __init__(self, session: aiohttp.ClientSession, teams_hosts: TrustedHosts, file_hosts: TrustedHosts) -> None:
        self._session = session
        self._teams_hosts = teams_hosts
        self._file_hosts = file_hosts

    def wants_token(self, attachment: Attachment) -> bool:
        """Whether the address is one that gets the bot's token."""
        return attachment.needs_token and self._teams_hosts.allows(attachment.url)

    async def fetch(self, attachment: Attachment, token: str | None, limit_bytes: int) -> bytes:
        """The bytes. Raises `Refused` (400 for a host that is not allowed, 413 past the limit), `Busy` or `InDoubt`."""
        hosts = self._teams_hosts if attachment.needs_token else self._file_hosts
        url = attachment.url
        for _ in range(_MOST_REDIRECTS + 1):
            if not hosts.allows(url):
                raise Refused(400, "HostNotAllowed")
            try:
                found = await self._read(url, token, limit_bytes)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                raise Busy(0) from error
            except ValueError:
                raise Refused(400, "BadAddress") from None
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                raise InDoubt(type(error).__name__) from error
            if isinstance(found, bytes):
                return found
            url = found
        raise Refused(400, "TooManyRedirects")

    async def _read(self, url: str, token: str | None, limit_bytes: int) -> bytes | str:
        """The bytes, or where they have moved to."""
        headers = {"Accept-Encoding": "identity"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        # The address is signed to the letter: it is sent as it came.
        address = URL(url, encoded=True)
        async with self._session.get(address, headers=headers, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                return str(address.join(URL(response.headers.get("Location", ""), encoded=True)))
            if response.status in _BUSY:
                raise Busy(response.status)
            if response.status != HTTPStatus.OK:
                raise Refused(response.status)
            if (response.content_length or 0) > limit_bytes:
                raise Refused(413, "TooLarge")
            try:
                return await read_all(response.content, limit_bytes)
            except TooLarge:
                raise Refused(413, "TooLarge") from None
