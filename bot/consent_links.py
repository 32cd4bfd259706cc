"""Links and states that go through an administrator's browser: signed, bound to one request, for one purpose (R25).

    {public_url}/consent/{token}         what is asked, with the button to Microsoft; good for 7 days
    {public_url}/consent/end/{token}     an administrator confirms that a consent ends
    state                                comes back from Microsoft; good for an hour, once, in the browser it began in

A token carries a nonce of which the database has only the digest. It is made from the key of the links and the request,
so that a card that is drawn again has the same link, and nobody without the key can make one. Each purpose is another
audience: a link is no state, and neither opens a file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe

import jwt

from bot.links import BadLink
from bot.turn import Policy
from contract.consent_requests import ConsentRequest
from contract.consents import Grant, Mechanism
from contract.people import Language

STATE_GOOD_FOR = timedelta(hours=1)
END_GOOD_FOR = timedelta(days=7)
_ALGORITHM = "HS256"


class ConsentPurpose(StrEnum):
    """What a token is for."""

    ASK = "consent"
    SIGN_IN = "consent_sign_in"
    STATE = "consent_state"
    END = "consent_end"


@dataclass(frozen=True, slots=True)
class ConsentToken:
    """What a token of ours says; `thing_id` is the request, and for an end the grant."""

    purpose: ConsentPurpose
    thing_id: int
    customer_id: int
    nonce: str
    language: Language
    good_until: datetime


def request_nonce(key: bytes, customer_id: int, mechanism: Mechanism, asked_at: datetime) -> str:
    """The nonce of a request: the same whenever its link is drawn, and unknown to who has not the key."""
    return _mac(key, "request", customer_id, mechanism.value, asked_at.astimezone(UTC).isoformat())


def end_nonce(key: bytes, grant: Grant) -> str:
    """The nonce of the link that confirms an end: another one each time an end is asked for."""
    asked_at = grant.end_asked_at.astimezone(UTC).isoformat() if grant.end_asked_at else ""
    return _mac(key, "end", grant.customer_id, grant.id, asked_at)


def _mac(key: bytes, *parts: object) -> str:
    made = hmac.new(key, "\n".join(map(str, ("consent", *parts))).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def is_same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not tell how alike they are."""
    return hmac.compare_digest(one.encode(errors="surrogateescape"), other.encode(errors="surrogateescape"))


def browser_mark(key: bytes, state: str) -> str:
    """What a browser keeps that sets out with a state: only there it is good on the way back."""
    return _mac(key, "browser", state)


def request_url(policy: Policy, request: ConsentRequest, language: Language) -> str:
    """The page on which the customer's administrator consents."""
    nonce = request_nonce(policy.link_key, request.customer_id, request.mechanism, request.asked_at)
    said = ConsentToken(ConsentPurpose.ASK, request.id, request.customer_id, nonce, language, request.expires_at)
    return f"{policy.public_url}/consent/{_sign(policy, said)}"


def consent_url(policy: Policy, request: ConsentRequest, grant: Grant | None, language: Language) -> str | None:
    """Where the administrator consents: our page, or Microsoft's own; None while Microsoft prepares what is asked."""
    if request.mechanism is Mechanism.GDAP:
        return grant.approval_url if grant is not None else None
    return request_url(policy, request, language)


def end_url(policy: Policy, grant: Grant, language: Language, now: datetime) -> str:
    """The page on which the customer's administrator confirms an end."""
    nonce = end_nonce(policy.link_key, grant)
    said = ConsentToken(ConsentPurpose.END, grant.id, grant.customer_id, nonce, language, now + END_GOOD_FOR)
    return f"{policy.public_url}/consent/end/{_sign(policy, said)}"


def make_state(
    policy: Policy, purpose: ConsentPurpose, request: ConsentRequest, language: Language, now: datetime
) -> str:
    """A state for one way to Microsoft and back; never the same twice."""
    said = ConsentToken(purpose, request.id, request.customer_id, token_urlsafe(24), language, now + STATE_GOOD_FOR)
    return _sign(policy, said)


def _sign(policy: Policy, said: ConsentToken) -> str:
    claims = {
        "aud": said.purpose.value,
        "id": said.thing_id,
        "cus": said.customer_id,
        "n": said.nonce,
        "lang": said.language.value,
        "exp": int(said.good_until.timestamp()),
    }
    return jwt.encode(claims, policy.link_key, algorithm=_ALGORITHM)


def read_token(key: bytes, token: str, purpose: ConsentPurpose) -> ConsentToken:
    """What a token says, whether it is still good or not. Raises BadLink."""
    try:
        # When it ends is compared with the turn's own clock, not with the library's.
        said = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=purpose.value,
            options={"require": ["aud", "exp"], "verify_exp": False},
        )
        return ConsentToken(
            ConsentPurpose(said["aud"]),
            int(said["id"]),
            int(said["cus"]),
            str(said["n"]),
            Language(said["lang"]),
            datetime.fromtimestamp(int(said["exp"]), UTC),
        )
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, OverflowError, OSError) as error:
        raise BadLink from error
