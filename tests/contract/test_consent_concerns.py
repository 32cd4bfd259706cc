"""What is the matter with a customer's consent: the worst only, since when or until when (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.consent_concerns import Concern, ConcernKind, concern_of
from contract.consents import AccessSpan, Grant, GrantState, Mechanism
from contract.withdrawals import Withdrawal
from tests.contract.builders import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRANT = Grant(
    id=7,
    customer_id=1,
    mechanism=Mechanism.GDAP,
    source_id="r-1",
    title="",
    state=GrantState.ACTIVE,
    known_state=GrantState.ACTIVE,
    valid_until=MONDAY + 90 * DAY,
    checked_at=MONDAY - HOUR,
    created_at=MONDAY - 90 * DAY,
)
SPAN = AccessSpan(
    mechanism=Mechanism.GDAP, begins_at=MONDAY - 9 * DAY, ends_at=MONDAY + 23 * HOUR, scope=(), grant_id=7
)
PAPER = replace(SPAN, mechanism=Mechanism.MANUAL, grant_id=None, ends_at=None)
WITHDRAWAL = Withdrawal(
    id=1, customer_id=1, withdrawn_by=None, withdrawn_by_name="Anna", withdrawn_at=MONDAY - DAY, reason=""
)


def test_nothing_is_the_matter() -> None:
    """A look a day ahead is no end: what counts is when the source itself ends, and that there is one that lasts."""
    assert concern_of([SPAN], [GRANT], None, MONDAY) is None
    assert concern_of([SPAN], [replace(GRANT, valid_until=None)], None, MONDAY) is None
    soon = replace(GRANT, valid_until=MONDAY + 9 * DAY)
    assert concern_of([SPAN, PAPER], [soon], None, MONDAY) is None
    later = replace(GRANT, id=8)
    assert concern_of([SPAN, replace(SPAN, grant_id=8)], [soon, later], None, MONDAY) is None


def test_a_withdrawal_is_the_worst() -> None:
    """Whatever else stands in the customer's tenant."""
    assert concern_of([], [GRANT], WITHDRAWAL, MONDAY) == Concern(ConcernKind.WITHDRAWN, MONDAY - DAY)


def test_missing_since_the_last_cover_ended() -> None:
    """Never, or since an instant; what only begins later covers nothing now."""
    assert concern_of([], [], None, MONDAY) == Concern(ConcernKind.MISSING, None)
    over = [replace(SPAN, ends_at=MONDAY - 2 * DAY), replace(SPAN, ends_at=MONDAY - DAY)]
    coming = replace(PAPER, begins_at=MONDAY + DAY)
    assert concern_of([*over, coming], [], None, MONDAY) == Concern(ConcernKind.MISSING, MONDAY - DAY)


@pytest.mark.parametrize(
    "change,found",
    [
        ({"failing_since": MONDAY - HOUR}, True),
        ({"failing_since": MONDAY - HOUR + timedelta(seconds=1)}, False),
        ({"failing_since": MONDAY - HOUR, "known_state": GrantState.REQUESTED}, False),
        ({"failing_since": MONDAY - HOUR, "checked_at": None}, False),
    ],
)
def test_not_seen_for_an_hour(change: dict[str, object], found: bool) -> None:
    """Only of what was in force, also where something else covers the work meanwhile."""
    failing = replace(GRANT, **change)  # type: ignore[arg-type]  # a test's values
    expected = Concern(ConcernKind.NOT_SEEN, MONDAY - HOUR) if found else None
    assert concern_of([SPAN, PAPER], [failing], None, MONDAY) == expected


@pytest.mark.parametrize("days,found", [(60, True), (61, False)])
def test_ending_within_60_days(days: int, found: bool) -> None:
    """The latest end of all that covers now; what was over before says nothing."""
    end = MONDAY + days * DAY
    ending = replace(GRANT, valid_until=end)
    over = replace(PAPER, ends_at=MONDAY - DAY)
    sooner = replace(PAPER, ends_at=MONDAY + DAY)
    expected = Concern(ConcernKind.ENDING, end) if found else None
    assert concern_of([SPAN, over, sooner], [ending], None, MONDAY) == expected
