"""A ledger that is followed in parts says what it says as a whole (R25)."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contract.access_spans import Course, follow, ledger_spans, spans_of
from tests.consent_ledgers import Ledger
from tests.contract.builders import MONDAY
from tests.contract.test_access_spans import HOUR, Check, checks


@given(checks(), st.integers(0, 60), st.integers(0, 60))
def test_followed_in_parts_it_says_the_same(done: list[Check], first: int, second: int) -> None:
    """Who remembers how far a ledger was followed reads only what is new, and judges as who reads all of it."""
    ledger = Ledger()
    for hour, finding in done:
        ledger.see(MONDAY + hour * HOUR, finding)
    courses: dict[int, Course] = {}
    for start, end in pairwise([0, *sorted((first, second)), len(ledger.entries) + 120]):
        courses = follow(courses, ledger.entries[start:end])
    assert spans_of(courses, ledger.grants.values()) == ledger_spans(ledger.entries, ledger.grants.values())
