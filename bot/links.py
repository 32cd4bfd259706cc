"""Links that open one file for one person for ten minutes: signed with HMAC, so that nobody can make or change one.

A link names who asked for it. Whoever holds it can use it, as with any address, but only while that person may still
see the file, and never for anything else: the signature covers the purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from contract.people import Language, Person

GOOD_FOR = timedelta(minutes=10)
_PURPOSE = "file"
_ALGORITHM = "HS256"


class BadLink(Exception):
    """Not a link of ours, or changed."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of ours says."""

    file_id: int
    person_id: int
    language: Language
    good_until: datetime


def sign_link(key: bytes, file_id: int, reader: Person, now: datetime) -> str:
    """The token that lets `reader` open a file until ten minutes after `now`."""
    until = int((now + GOOD_FOR).timestamp())
    said = {"aud": _PURPOSE, "file": file_id, "for": reader.id, "lang": reader.language.value, "exp": until}
    return jwt.encode(said, key, algorithm=_ALGORITHM)


def read_link(key: bytes, token: str) -> Link:
    """What a token says, whether it is still good or not. Raises BadLink."""
    try:
        # When it ends is compared with the turn's own clock, not with the library's.
        said = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=_PURPOSE,
            options={"require": ["aud", "exp"], "verify_exp": False},
        )
        return Link(
            int(said["file"]), int(said["for"]), Language(said["lang"]), datetime.fromtimestamp(int(said["exp"]), UTC)
        )
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError) as error:
        raise BadLink from error
