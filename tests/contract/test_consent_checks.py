"""When a consent is looked at, what a look means, and when people are warned (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.consent_checks import (
    APP_GONE,
    VERIFY_AFTER_S,
    app_finding,
    is_app_gone,
    is_compare_due,
    is_request_over,
    is_unknown_too_long,
    missing_permissions,
    next_check_at,
    permissions_named,
    relationship_state,
    renewed_by,
    verify_again_s,
    warning_due,
    warning_moments,
)
from contract.consents import Grant, GrantState, Mechanism, Permission, Proof

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
END = datetime(2027, 3, 1, tzinfo=UTC)
GRANT = Grant(
    id=7,
    customer_id=1,
    mechanism=Mechanism.GDAP,
    source_id="r-1",
    title="",
    state=GrantState.ACTIVE,
    known_state=GrantState.ACTIVE,
    valid_until=END,
    checked_at=NOW,
    created_at=NOW - timedelta(days=9),
)


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(minutes=17, seconds=3), NOW + timedelta(minutes=59)])
def test_checks_are_an_hour_apart_and_spread(now: datetime) -> None:
    """Each source has its own second of the hour, and 10,000 leave no minute with many more than others (R25)."""
    minutes = [0] * 60
    for number in range(10_000):
        grant = replace(GRANT, id=number)
        at = next_check_at(grant, now)
        assert at is not None
        assert timedelta(minutes=30) <= at - now.replace(microsecond=0) <= timedelta(minutes=90)
        assert next_check_at(grant, at) == at + timedelta(hours=1)
        minutes[at.minute] += 1
    assert min(minutes) > 150
    assert max(minutes) < 190


def test_what_is_pending_is_looked_at_soon_and_what_is_over_daily() -> None:
    """A request and an end that was asked for every 15 minutes; what is over a day later (R25)."""
    soon = NOW + timedelta(minutes=15)
    assert next_check_at(replace(GRANT, known_state=GrantState.REQUESTED), NOW) == soon
    assert next_check_at(replace(GRANT, end_asked_at=NOW), NOW) == soon
    over = replace(GRANT, known_state=GrantState.REVOKED, end_asked_at=NOW)
    at = next_check_at(over, NOW)
    assert at is not None
    assert at - NOW >= timedelta(hours=12)
    failing = next_check_at(replace(over, failing_since=NOW), NOW)
    assert failing is not None
    assert failing - NOW <= timedelta(minutes=90)


def test_a_recorded_consent_is_looked_at_when_something_is_due() -> None:
    """Nobody can be asked about it: its warnings and its end are all there is to look at (R25)."""
    manual = replace(GRANT, mechanism=Mechanism.MANUAL)
    assert next_check_at(manual, NOW) == END - timedelta(days=60)
    assert next_check_at(manual, END - timedelta(days=1)) == END
    assert next_check_at(manual, END) is None
    assert next_check_at(replace(manual, valid_until=None), NOW) is None
    assert next_check_at(replace(manual, known_state=GrantState.REVOKED), NOW) is None
    assert warning_moments(None) == ()


def test_everything_is_compared_once_a_day() -> None:
    """The first look, and every look about a day later (R25)."""
    assert is_compare_due(GRANT, NOW)
    assert not is_compare_due(replace(GRANT, compared_at=NOW - timedelta(hours=22)), NOW)
    assert is_compare_due(replace(GRANT, compared_at=NOW - timedelta(hours=23)), NOW)


def test_what_can_be_compared_is_compared_each_time() -> None:
    """Only what stands behind the token shows that a consent was taken away and given anew between two looks (R25)."""
    assert is_compare_due(replace(GRANT, compared_at=NOW, raw_digest="0" * 64), NOW)


def test_a_new_consent_is_looked_for_during_15_minutes() -> None:
    """Replication may take minutes; the waits grow and add up to 15 minutes (R25)."""
    assert sum(VERIFY_AFTER_S) == 15 * 60
    assert [verify_again_s(attempt) for attempt in range(9)] == [*VERIFY_AFTER_S, None]


def test_the_token_is_what_counts() -> None:
    """Its roles are the scope; a token without any is no consent, and has no proof (R25)."""
    found = app_finding(["User.Read.All", "Odd"], {"User.Read.All": "df02"}, proof=Proof.SIGNED_IN, approved_by="A")
    assert found.state is GrantState.ACTIVE
    assert found.scope == (Permission("Odd", "Odd"), Permission("df02", "User.Read.All"))
    assert (found.proof, found.approved_by) == (Proof.SIGNED_IN, "A")
    none = app_finding([], {})
    assert (none.state, none.scope, none.proof) == (GrantState.REVOKED, (), None)
    assert permissions_named(["B", "A", "B"], {}) == (Permission("A", "A"), Permission("B", "B"))
    assert missing_permissions(["A", "B"], [Permission("1", "A")]) == ("B",)


@pytest.mark.parametrize("status,state", [
    ("created", GrantState.REQUESTED),
    ("approvalPending", GrantState.REQUESTED),
    ("approved", GrantState.REQUESTED),
    ("activating", GrantState.REQUESTED),
    ("active", GrantState.ACTIVE),
    ("expiring", GrantState.EXPIRED),
    ("expired", GrantState.EXPIRED),
    ("terminationRequested", GrantState.REVOKED),
    ("terminating", GrantState.REVOKED),
    ("terminated", GrantState.REVOKED),
    ("somethingNew", GrantState.UNKNOWN),
])  # fmt: skip
def test_microsofts_status_and_ours(status: str, state: GrantState) -> None:
    """Each of Microsoft's states has one of ours; one nobody knows is never active (R25)."""
    assert relationship_state(status, ends_at=END, has_assignment=True, now=NOW) is state
    without = relationship_state(status, ends_at=END, has_assignment=False, now=NOW)
    assert without is (GrantState.REQUESTED if state is GrantState.ACTIVE else state)


def test_an_end_that_passed_is_an_end() -> None:
    """Microsoft is late to say so: at the end date itself it is over (R25)."""
    assert relationship_state("active", ends_at=END, has_assignment=True, now=END) is GrantState.EXPIRED
    assert relationship_state("active", ends_at=None, has_assignment=True, now=END) is GrantState.ACTIVE


@pytest.mark.parametrize("ends_at", [None, NOW - timedelta(hours=1), NOW, END])
def test_expiring_is_over_whatever_its_end_says(ends_at: datetime | None) -> None:
    """Microsoft says `expiring` of what has passed its end: our clock and the end date do not argue with that (R25)."""
    assert relationship_state("expiring", ends_at=ends_at, has_assignment=True, now=NOW) is GrantState.EXPIRED


def test_a_request_ends_after_90_days() -> None:
    """Nobody can approve it any more; one that was approved before is no request (R25)."""
    asked = replace(GRANT, known_state=GrantState.REQUESTED, asked_at=NOW, valid_until=None)
    assert not is_request_over(asked, NOW + timedelta(days=90, seconds=-1))
    assert is_request_over(asked, NOW + timedelta(days=90))
    assert is_request_over(replace(asked, asked_at=None), NOW + timedelta(days=81))
    assert not is_request_over(replace(asked, valid_from=NOW), NOW + timedelta(days=90))
    assert not is_request_over(GRANT, NOW + timedelta(days=900))


def test_only_clear_words_are_a_revocation() -> None:
    """The login service says that the app is not in the tenant; a wrong secret of ours says nothing about it (R25)."""
    assert all(map(is_app_gone, APP_GONE))
    for code in ("AADSTS7000215", "AADSTS7000222", "AADSTS90002", "invalid_client", "unreadable", "", "ValueError"):
        assert not is_app_gone(code)


def test_warnings_come_once_each() -> None:
    """60, 30, 7 and 1 days before the end, and none after it (R25)."""
    given: list[tuple[int, int]] = []
    warned: int | None = None
    for hours in range(24 * 70, -30, -1):
        found = warning_due(END, warned, END - timedelta(hours=hours))
        if found is not None:
            given.append((found, hours))
            warned = found
    assert given == [(60, 1440), (30, 720), (7, 168), (1, 24)]
    assert warning_due(None, None, NOW) is None


def test_of_missed_warnings_the_nearest_is_given() -> None:
    """Off for a month: one warning, not three (R25)."""
    assert warning_due(END, 60, END - timedelta(days=4)) == 7
    assert warning_due(END, None, END - timedelta(hours=1)) == 1
    assert warning_due(END, 7, END - timedelta(days=4)) is None


def test_not_knowing_for_a_day_is_told_once() -> None:
    """Counted from the last good look; only of what was in force, and not twice (R25)."""
    failing = replace(GRANT, state=GrantState.UNKNOWN, failing_since=NOW + timedelta(minutes=5))
    assert not is_unknown_too_long(failing, NOW + timedelta(hours=24, seconds=-1))
    assert is_unknown_too_long(failing, NOW + timedelta(hours=24))
    assert is_unknown_too_long(replace(failing, checked_at=None), NOW + timedelta(hours=25))
    assert not is_unknown_too_long(replace(failing, warned_unknown=True), NOW + timedelta(days=2))
    assert not is_unknown_too_long(replace(failing, known_state=GrantState.EXPIRED), NOW + timedelta(days=2))
    assert not is_unknown_too_long(GRANT, NOW + timedelta(days=2))


def test_one_failed_look_after_standing_still_says_nothing() -> None:
    """Where we ourselves were off for days, looking has to fail for an hour before anybody hears of it (R25)."""
    failed = NOW + timedelta(days=5)
    failing = replace(GRANT, state=GrantState.UNKNOWN, failing_since=failed)
    assert not is_unknown_too_long(failing, failed)
    assert not is_unknown_too_long(failing, failed + timedelta(hours=1, seconds=-1))
    assert is_unknown_too_long(failing, failed + timedelta(hours=1))


def test_what_goes_on_needs_no_warning() -> None:
    """Another source of the same kind that lasts longer, or has no end, takes over (R25)."""
    longer = replace(GRANT, id=8, valid_until=END + timedelta(days=1))
    assert renewed_by(GRANT, [GRANT, longer]) == longer
    assert renewed_by(GRANT, [replace(longer, valid_until=None)]) is not None
    for other in (
        replace(longer, valid_until=END),
        replace(longer, mechanism=Mechanism.MANUAL),
        replace(longer, known_state=GrantState.REQUESTED),
    ):
        assert renewed_by(GRANT, [GRANT, other]) is None
    assert renewed_by(replace(GRANT, valid_until=None), [longer]) is None
