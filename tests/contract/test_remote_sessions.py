"""When a remote session may begin, and when it is over by itself (R25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.consents import AccessSpan, Mechanism
from contract.remote_sessions import (
    LONGEST,
    EndedWhy,
    RemoteSession,
    SessionElsewhere,
    SessionNeedsAccess,
    check_start,
    ending,
    ends_at_latest,
)
from contract.withdrawals import covering_span, without_withdrawn
from tests.contract.builders import MONDAY
from tests.contract.test_withdrawals import HOUR, span, withdrawal

WHOLE = span(-24, None)


def session(**fields: object) -> RemoteSession:
    """Eva's, on ticket 1001, since Monday 10:00."""
    made = {
        "id": 1,
        "customer_id": 7,
        "ticket_number": 1001,
        "engineer_id": 11,
        "engineer_name": "Eva",
        "started_at": MONDAY,
        "mechanism": Mechanism.GDAP,
        **fields,
    }
    return RemoteSession(**made)  # type: ignore[arg-type]  # a test's values


def over(
    spans: list[AccessSpan],
    now: datetime,
    *,
    taken: tuple[int, ...] = (),
    closed_at: datetime | None = None,
    known_until: datetime | None = None,
) -> tuple[datetime, EndedWhy] | None:
    """Since when the session is over, and why."""
    held = [withdrawal(hour) for hour in taken]
    return ending(
        session(),
        spans=without_withdrawn(spans, held),
        withdrawals=held,
        closed_at=closed_at,
        known_until=known_until or MONDAY,
        now=now,
    )


def test_the_examples_of_the_rule() -> None:
    """Over at 18:00 for want of consent, at 11:30 when it is withdrawn, after twelve hours where nobody ends it."""
    now = MONDAY + 20 * HOUR
    assert over([span(0, 8)], now) == (MONDAY + 8 * HOUR, EndedWhy.EXPIRED)
    assert over([WHOLE], now, taken=(1,)) == (MONDAY + HOUR, EndedWhy.WITHDRAWN)
    assert over([WHOLE], now) == (MONDAY + LONGEST, EndedWhy.TOO_LONG)
    assert over([WHOLE], MONDAY + LONGEST - timedelta(microseconds=1)) is None


def test_what_is_found_gone_ends_now() -> None:
    """A consent found gone since 11:10 ends the session at 12:00, when that is found: until then it went on (R25)."""
    noon = MONDAY + 2 * HOUR
    gone = span(-24, 1)
    assert over([gone], noon, known_until=MONDAY + LONGEST) == (noon, EndedWhy.EXPIRED)
    assert over([], noon, known_until=MONDAY + LONGEST) == (noon, EndedWhy.EXPIRED)


def test_a_closed_ticket_ends_it() -> None:
    """It is over when the ticket is closed, never before it began (R25)."""
    now = MONDAY + 2 * HOUR
    assert over([WHOLE], now, closed_at=MONDAY + HOUR) == (MONDAY + HOUR, EndedWhy.CLOSED)
    assert over([WHOLE], now, closed_at=MONDAY - HOUR) == (MONDAY, EndedWhy.CLOSED)
    assert over([WHOLE], now, taken=(1,), closed_at=now) == (MONDAY + HOUR, EndedWhy.WITHDRAWN)


def test_an_engineer_who_left_is_in_no_longer() -> None:
    """Off the staff: the session is over when that is known, unless it was over before (R25)."""
    now = MONDAY + 2 * HOUR
    given: dict[str, Any] = {
        "withdrawals": [],
        "closed_at": None,
        "known_until": MONDAY,
        "is_on_staff": False,
        "now": now,
    }
    assert ending(session(), spans=[WHOLE], **given) == (now, EndedWhy.LEFT)
    assert ending(session(), spans=[span(0, 1)], **given) == (MONDAY + HOUR, EndedWhy.EXPIRED)


def test_a_session_begins_only_under_a_consent() -> None:
    """Refused without one, with the withdrawal that forbids it where there is one (R25)."""
    check_start(1001, None, [WHOLE], [], MONDAY)
    with pytest.raises(SessionNeedsAccess) as missing:
        check_start(1001, None, [], [], MONDAY)
    assert missing.value.withdrawal is None
    taken = withdrawal(-1)
    with pytest.raises(SessionNeedsAccess) as withdrawn:
        check_start(1001, None, without_withdrawn([WHOLE], [taken]), [taken], MONDAY)
    assert withdrawn.value.withdrawal is taken


def test_one_session_at_a_time() -> None:
    """Another ticket's session is ended first; one on the same ticket just goes on (R25)."""
    with pytest.raises(SessionElsewhere) as busy:
        check_start(1002, session(), [WHOLE], [], MONDAY)
    assert busy.value.running == session()
    check_start(1001, session(), [WHOLE], [], MONDAY)


def test_minutes_are_whole_ones() -> None:
    """Both ends are truncated, as everywhere (D4)."""
    seconds = timedelta(seconds=50)
    assert session(started_at=MONDAY + seconds, ended_at=MONDAY + HOUR).minutes(MONDAY) == 60
    assert session(started_at=MONDAY).minutes(MONDAY + seconds) == 0


_SPANS = st.lists(
    st.tuples(st.integers(-30, 20), st.one_of(st.none(), st.integers(1, 12))).map(
        lambda pair: span(pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    max_size=4,
)


@given(_SPANS, st.lists(st.integers(0, 20), max_size=2), st.one_of(st.none(), st.integers(0, 20)), st.integers(0, 30))
def test_a_session_never_runs_uncovered(
    spans: list[AccessSpan], taken: list[int], closed: int | None, hour: int
) -> None:
    """While it goes on it is covered, not too long, and on an open ticket; it ends when that is over (R25)."""
    held = [withdrawal(one, key=number) for number, one in enumerate(taken)]
    left = without_withdrawn(spans, held)
    if covering_span(left, MONDAY) is None:
        return
    now = MONDAY + hour * HOUR
    closed_at = None if closed is None else MONDAY + closed * HOUR
    known = ends_at_latest(session(), left)
    found = ending(session(), spans=left, withdrawals=held, closed_at=closed_at, known_until=known, now=now)
    instants = [MONDAY + step * HOUR for step in range(hour + 1)]
    fine = [
        covering_span(left, one) is not None and one < MONDAY + LONGEST and (closed_at is None or one < closed_at)
        for one in instants
    ]
    if found is None:
        assert all(fine)
    else:
        assert not all(fine)
        # Spans begin and end on the hour here: over at the first hour that is not fine.
        assert found[0] == instants[fine.index(False)]
    assert (known <= now) <= (found is not None)
