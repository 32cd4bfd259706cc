"""Links: signed, for one purpose, readable by nobody else's key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from bot.links import BadLink, Link, Purpose, link_url, read_link, sign_link
from contract.people import Language, Person
from tests.bot.people import POLICY

KEY, NOW = b"k" * 32, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
READER = Person(id=7, tenant_id="t", object_id="o", name="Eva", email=None, language=Language.NL)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_says_what_was_signed(purpose: Purpose) -> None:
    """A link names what it opens, for whom it was made, in which language that person reads, and when it ends."""
    link = read_link(KEY, sign_link(KEY, purpose, 12, READER, NOW))
    assert link == Link(purpose, 12, 7, Language.NL, NOW + timedelta(minutes=10))


def test_a_link_is_an_address_of_the_bot() -> None:
    """The token stands after the public address, under the one path that a proxy lets through."""
    before, _, token = link_url(POLICY, Purpose.RECEIPT, 12, READER, NOW).rpartition("/")
    assert before == "https://bot.example.org/files"
    assert read_link(POLICY.link_key, token).thing_id == 12


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, b"o" * 32),
        jwt.encode({"aud": ["file", "receipt"], "id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "else", "id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "nl"}, KEY),
        jwt.encode({"aud": "file", "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "id": "x", "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "xx", "exp": 2_000_000_000}, KEY),
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "nl", "exp": 10**18}, KEY),
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, "", algorithm="none"),
        jwt.encode({"aud": "file", "id": 12, "for": 7, "lang": "nl", "exp": 2_000_000_000}, KEY * 2, "HS512"),
    ],
)
def test_anything_else_is_no_link(token: str) -> None:
    """Another key, another purpose, no signature, something missing or odd: no link."""
    with pytest.raises(BadLink):
        read_link(KEY, token)
