"""Withdrawals cut cover, and a ticket waits from when cover ended (R25, D31)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.consents import AccessSpan, Mechanism
from contract.withdrawals import (
    Withdrawal,
    covered_until,
    covering_span,
    holding,
    waiting_since,
    without_withdrawn,
)
from tests.contract.builders import MONDAY, at

HOUR = timedelta(hours=1)
NEVER: datetime | None = None


def span(begin: int, end: int | None, **fields: object) -> AccessSpan:
    """Cover from so many hours after Monday 10:00 until so many."""
    ends_at = None if end is None else MONDAY + end * HOUR
    made = {"mechanism": Mechanism.GDAP, "begins_at": MONDAY + begin * HOUR, "ends_at": ends_at, **fields}
    return AccessSpan(**made)  # type: ignore[arg-type]  # a test's values


def withdrawal(begin: int, end: int | None = None, key: int = 1) -> Withdrawal:
    """Withdrawn so many hours after Monday 10:00, and lifted."""
    return Withdrawal(
        id=key,
        customer_id=7,
        withdrawn_by=1,
        withdrawn_by_name="Anna",
        withdrawn_at=MONDAY + begin * HOUR,
        reason="",
        lifted_at=None if end is None else MONDAY + end * HOUR,
    )


def test_the_example_of_the_rule() -> None:
    """Withdrawn on 3 March at 12:00 and lifted on 5 March at 9:00: covered before and after, not between (R25)."""
    whole = AccessSpan(mechanism=Mechanism.MANUAL, begins_at=at("2026-01-01 00:00"), ends_at=None)
    taken = Withdrawal(
        id=1,
        customer_id=7,
        withdrawn_by=1,
        withdrawn_by_name="Anna",
        withdrawn_at=at("2026-03-03 12:00"),
        reason="",
        lifted_at=at("2026-03-05 09:00"),
    )
    left = without_withdrawn([whole], [taken])
    assert [(one.begins_at, one.ends_at) for one in left] == [
        (at("2026-01-01 00:00"), at("2026-03-03 12:00")),
        (at("2026-03-05 09:00"), None),
    ]
    now = at("2026-03-04 12:00")
    assert waiting_since(left, at("2026-03-01 10:00"), now) == at("2026-03-03 12:00")
    assert waiting_since(left, at("2026-03-04 10:00"), now) == at("2026-03-04 10:00")


@pytest.mark.parametrize(
    "spans,taken,left",
    [
        ([(0, 9)], [], [(0, 9)]),
        ([(0, 9)], [(9, None)], [(0, 9)]),
        ([(0, 9)], [(0, None)], []),
        ([(0, 9)], [(2, 4)], [(0, 2), (4, 9)]),
        ([(0, None)], [(2, 4), (6, None)], [(0, 2), (4, 6)]),
        ([(3, 9)], [(0, 5)], [(5, 9)]),
        ([(5, 9)], [(0, 5)], [(5, 9)]),
        ([(5, 9)], [(0, 9)], []),
        ([(0, 4), (2, None)], [(3, None)], [(0, 3), (2, 3)]),
    ],
)
def test_withdrawn_time_is_cut_out(
    spans: list[tuple[int, int | None]], taken: list[tuple[int, int | None]], left: list[tuple[int, int | None]]
) -> None:
    """What lies before a withdrawal and after its lifting stays, to the instant (R25)."""
    found = without_withdrawn([span(*one) for one in spans], [withdrawal(*one) for one in taken])
    assert list(found) == [span(*one) for one in left]


_ENDS = st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 12))).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
)


@given(st.lists(_ENDS, max_size=4), st.lists(_ENDS, max_size=3), st.integers(0, 40))
def test_an_instant_is_covered_where_a_span_covers_it_and_no_withdrawal_holds(
    spans: list[tuple[int, int | None]], taken: list[tuple[int, int | None]], hour: int
) -> None:
    """Cutting says of each instant what the spans and the withdrawals say together (R25)."""
    now = MONDAY + hour * HOUR
    whole = [span(*one) for one in spans]
    held = [withdrawal(*one, key=number) for number, one in enumerate(taken)]
    left = without_withdrawn(whole, held)
    is_covered = covering_span(whole, now) is not None and holding(held, now) is None
    assert (covering_span(left, now) is not None) is is_covered
    until = covered_until(left, now)
    assert (until == now) is not is_covered
    if until is not None:
        assert covering_span(left, until) is None
        assert all(covering_span(left, now + step * HOUR) is not None for step in range((until - now) // HOUR))


def test_the_span_that_is_told_is_a_known_one_that_lasts() -> None:
    """A carried span is named only where no other covers; of two the one that lasts longer (R25)."""
    carried, short, endless = span(0, None, is_carried=True), span(0, 5), span(1, None)
    now = MONDAY + 2 * HOUR
    assert covering_span([carried, short], now) is short
    assert covering_span([short, endless, span(0, 7)], now) is endless
    assert covering_span([span(0, 7), short], now) == span(0, 7)
    assert covering_span([carried], now) is carried
    assert covering_span([span(3, None), span(0, 2)], now) is None


def test_cover_goes_on_from_span_to_span() -> None:
    """Spans that follow without a gap are one cover; the end is the first instant without (R25)."""
    assert covered_until([span(0, 2), span(2, 5), span(7, 9)], MONDAY) == MONDAY + 5 * HOUR
    assert covered_until([span(0, 2), span(1, None)], MONDAY) is NEVER
    assert covered_until([], MONDAY) == MONDAY


def test_the_first_withdrawal_is_the_one_that_holds() -> None:
    """Of two that hold the earlier one is named, one that was lifted never (R25)."""
    first, second = withdrawal(1, key=2), withdrawal(2, key=1)
    assert holding([second, first], MONDAY + 3 * HOUR) is first
    assert holding([withdrawal(1, 2)], MONDAY + 2 * HOUR) is None
    assert holding([first], MONDAY) is None
    assert holding([first], MONDAY + HOUR) is first
