"""Links that open one thing for one person for ten minutes: signed with HMAC, so that nobody can make or change one.

A link names who asked for it. Whoever holds it can use it, as with any address, but only while that person may still
see the thing, and never for anything else: the signature covers the purpose. What a purpose opens is in
`bot/downloads.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import jwt

from bot.turn import Policy
from contract.people import Language, Person

GOOD_FOR = timedelta(minutes=10)
_ALGORITHM = "HS256"


class Purpose(StrEnum):
    """What a link opens; the id in the link is that of such a thing."""

    FILE = "file"
    """A file on a ticket."""
    RECEIPT = "receipt"
    """The JSON of a receipt, by its sequence."""
    INVOICE_PDF = "invoice_pdf"
    INVOICE_UBL = "invoice_ubl"
    SESSIONS_CSV = "sessions_csv"
    """Who had access to a customer's Microsoft 365 when, by the customer's number."""
    SESSIONS_JSON = "sessions_json"


class BadLink(Exception):
    """Not a link of ours, or changed."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of ours says."""

    purpose: Purpose
    thing_id: int
    person_id: int
    language: Language
    good_until: datetime


@dataclass(frozen=True, slots=True)
class Download:
    """What a link opens: bytes to be saved under a name."""

    name: str
    content_type: str
    content: bytes


def link_url(policy: Policy, purpose: Purpose, thing_id: int, reader: Person, now: datetime) -> str:
    """The address that opens a thing for `reader` until ten minutes after `now`.

    It goes on cards that go away by themselves (`is_form=True`), not on those that stay in the chat.
    """
    return f"{policy.public_url}/files/{sign_link(policy.link_key, purpose, thing_id, reader, now)}"


def sign_link(key: bytes, purpose: Purpose, thing_id: int, reader: Person, now: datetime) -> str:
    """The token that lets `reader` open a thing until ten minutes after `now`."""
    until = int((now + GOOD_FOR).timestamp())
    said = {"aud": purpose.value, "id": thing_id, "for": reader.id, "lang": reader.language.value, "exp": until}
    return jwt.encode(said, key, algorithm=_ALGORITHM)


def read_link(key: bytes, token: str) -> Link:
    """What a token says, whether it is still good or not. Raises BadLink."""
    try:
        # When it ends is compared with the turn's own clock, not with the library's.
        said = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=[purpose.value for purpose in Purpose],
            options={"require": ["aud", "exp"], "verify_exp": False},
        )
        return Link(
            Purpose(said["aud"]),
            int(said["id"]),
            int(said["for"]),
            Language(said["lang"]),
            datetime.fromtimestamp(int(said["exp"]), UTC),
        )
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError) as error:
        raise BadLink from error
