"""What the link of a request does (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.consent_requests import FORWARDED_EVERY, ConsentRequest, RequestState, SignedIn, may_forward
from contract.consents import Mechanism

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REQUEST = ConsentRequest(
    id=1, customer_id=1, mechanism=Mechanism.APP, asked_by=None, asked_at=NOW, expires_at=NOW + timedelta(days=7)
)


def test_a_link_is_good_until_it_expires() -> None:
    """The instant of its end is no longer good (R25)."""
    assert REQUEST.state(REQUEST.expires_at - timedelta(seconds=1)) is RequestState.OPEN
    assert REQUEST.state(REQUEST.expires_at) is RequestState.EXPIRED


@pytest.mark.parametrize("outcome,state", [
    ("verifying", RequestState.VERIFYING),
    ("given", RequestState.GIVEN),
    ("not_found", RequestState.NOT_FOUND),
    (None, RequestState.VERIFYING),
])  # fmt: skip
def test_a_used_link_does_nothing_more(outcome: str | None, state: RequestState) -> None:
    """Whatever came of it, and also after it would have expired (R25)."""
    used = replace(REQUEST, used_at=NOW, outcome=outcome)
    assert used.state(NOW) is state
    assert used.state(NOW + timedelta(days=8)) is state


@pytest.mark.parametrize("outcome", ["declined:access_denied", "other_tenant"])
def test_a_wrong_person_does_not_use_it_up(outcome: str) -> None:
    """A no, or somebody of another organisation, leaves the link to the right person (R25)."""
    assert replace(REQUEST, outcome=outcome).state(NOW) is RequestState.OPEN


def test_a_later_request_takes_its_place() -> None:
    """Only the latest link is good (R25)."""
    assert replace(REQUEST, outcome="superseded").state(NOW) is RequestState.SUPERSEDED


def test_why_it_was_declined() -> None:
    """Microsoft's own code (R25)."""
    assert replace(REQUEST, outcome="declined:access_denied").declined_why == "access_denied"
    assert replace(REQUEST, outcome="other_tenant").declined_why is None
    assert REQUEST.declined_why is None


def test_an_approver_has_a_name() -> None:
    """With the user name where it is known, and the object id where nothing else is (R25)."""
    who = SignedIn("t", "o", "Anna", "anna@example.com")
    assert who.words == "Anna <anna@example.com>"
    assert replace(who, username="").words == "Anna"
    assert replace(who, username="", name="").words == "o"


def test_it_is_mailed_once_a_day_to_the_same_address() -> None:
    """However that is written; to somebody else at once, and after a day again (R25)."""
    assert may_forward(REQUEST, "ton@brood.example", NOW)
    sent = replace(REQUEST, forwarded_at=NOW, administrator_email="ton@brood.example")
    assert not may_forward(sent, "Ton@Brood.example", NOW + FORWARDED_EVERY - timedelta(seconds=1))
    assert may_forward(sent, "ton@brood.example", NOW + FORWARDED_EVERY)
    assert may_forward(sent, "sanne@brood.example", NOW)
    assert not may_forward(replace(sent, administrator_email=None), None, NOW)
