"""What keeps an activity from being taken. Data only; the caller of the door sees a status, the log a reason.

    TeamsError
    ├── Unauthorised      nothing proves that the request comes from Teams
    ├── BadActivity       it does, but is not shaped like an activity
    └── KeyFault
        ├── UnknownKey        the key set has no such key, also not after asking again
        └── KeysUnavailable   there is no key at all yet, and the key server does not answer

The errors of outgoing calls are in `bot/wire.py`, because delivery decides by them.
"""

from __future__ import annotations


class TeamsError(Exception):
    """Anything wrong with what came in."""


class Unauthorised(TeamsError):
    """The request does not prove that it comes from Teams; `reason` is for the log, never for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadActivity(TeamsError):
    """No activity this bot can read; `reason` names the field, never what was in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyFault(TeamsError):
    """No key could be had for a token."""


class UnknownKey(KeyFault):
    """The key set holds no such key."""


class KeysUnavailable(KeyFault):
    """No key set was ever loaded, and the key server does not answer now."""
