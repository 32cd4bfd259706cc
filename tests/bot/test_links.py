"""Links to files: signed, for one purpose, readable by nobody else's key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from bot.links import BadLink, Link, read_link, sign_link
from contract.people import Language, Person

KEY, NOW = b"k" * 32, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
READER = Person(id=7, tenant_id="t", object_id="o", name="Eva", email=None, language=Language.NL)


def test_a_link_says_what_was_signed() -> None:
    """A link names the file, for whom it was made, in which language that person reads, and when it ends."""
    link = read_link(KEY, sign_link(KEY, 12, READER, NOW))
    assert link == Link(12, 7, Language.NL, NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, b"o" * 32),
        jwt.encode({"aud": "else", "file": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"file": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "nl"}, KEY),
        jwt.encode({"aud": "file", "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "file": "x", "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "xx", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "nl", "exp": 10**18}, KEY),
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, "", algorithm="none"),
        jwt.encode({"aud": "file", "file": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY * 2, "HS512"),
    ],
)
def test_anything_else_is_no_link(token: str) -> None:
    """Another key, another purpose, no signature, something missing or odd: no link."""
    with pytest.raises(BadLink):
        read_link(KEY, token)
