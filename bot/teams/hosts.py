"""Which addresses the bot may talk to.

An activity says where its answer goes (`serviceUrl`), and a file says where its bytes are. Both come from outside,
and the bot's token is as good as its password, so nothing is sent or fetched before the address was compared with a
list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

TEAMS_HOSTS = frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"})
"""Bot Connector hosts of the worldwide cloud and of GCC, both with tokens of `https://api.botframework.com`."""

FILE_HOSTS = frozenset({"*.sharepoint.com"})
"""Where the download addresses of files sent in a personal chat lead (the sender's OneDrive)."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@lru_cache(maxsize=512)
def _place_of(url: str) -> tuple[str, str, bool]:
    """Scheme, host in lower case, and whether the address is plain: default port, no user, no odd characters."""
    if not url.isascii() or any(character <= " " or character in "\\\x7f" for character in url):
        return "", "", False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", False
    is_plain = port in (None, 443) and "@" not in parts.netloc
    return parts.scheme.lower(), (parts.hostname or "").lower(), is_plain


@dataclass(frozen=True, slots=True)
class TrustedHosts:
    """A list of hosts. `*.` in front of a name stands for every host below it.

    Only https on the default port passes. `loopback` adds this machine itself, on any port and without TLS: for the
    local stand-ins, never for an installation that customers use.
    """

    names: frozenset[str]
    loopback: bool = False

    def allows(self, url: str) -> bool:
        """Whether `url` may be called."""
        scheme, host, is_plain = _place_of(url)
        if self.loopback and scheme in ("http", "https") and host in _LOOPBACK:
            return True
        if scheme != "https" or not host or not is_plain:
            return False
        return host in self.names or any(name.startswith("*.") and host.endswith(name[1:]) for name in self.names)


def same_host(url: str) -> TrustedHosts:
    """The host of `url` and no other; this machine itself where `url` leads there."""
    _, host, _ = _place_of(url)
    return TrustedHosts(frozenset({host}), loopback=host in _LOOPBACK)
