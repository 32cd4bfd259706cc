"""The customer's consent to remote access (R25)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.access import AccessConsent, ConsentState, check_remote_access, recorded_spans
from contract.consents import AccessSpan, Mechanism
from contract.errors import RemoteNeedsAccess
from contract.local_time import MINUTE
from tests.contract.builders import MONDAY, at


def consent(valid_from: str, valid_until: str | None = None, revoked_at: str | None = None) -> AccessConsent:
    """A recorded consent."""
    given: dict[str, Any] = {"id": 1, "customer_id": 7, "document": "Letter of 1 January", "recorded_by": 13}
    return AccessConsent(
        **given,
        valid_from=at(valid_from),
        valid_until=at(valid_until) if valid_until else None,
        revoked_at=at(revoked_at) if revoked_at else None,
        created_at=at(valid_from),
    )


HALF_YEAR = consent("2026-01-01", "2026-07-01")
REVOKED = consent("2026-01-01", "2026-07-01", "2026-03-01 12:00")


def test_worked_example() -> None:
    """A withdrawal counts from its instant on, whatever the document said (R25)."""
    check_remote_access(recorded_spans([REVOKED]), at("2026-03-01 11:00"), at("2026-03-01 12:00"))
    assert REVOKED.state(at("2026-03-01 12:00")) is ConsentState.REVOKED


@pytest.mark.parametrize(
    "instant,state",
    [
        ("2025-12-31 23:59", ConsentState.FUTURE),
        ("2026-01-01 00:00", ConsentState.VALID),
        ("2026-06-30 23:59", ConsentState.VALID),
        ("2026-07-01 00:00", ConsentState.ENDED),
    ],
)
def test_states(instant: str, state: ConsentState) -> None:
    """From its first instant to before its end (R25)."""
    assert HALF_YEAR.state(at(instant)) is state


def test_ends() -> None:
    """It ends at the earlier of its term and its withdrawal, or never (R25)."""
    assert consent("2026-01-01").ends_at is None
    assert HALF_YEAR.ends_at == at("2026-07-01")
    assert REVOKED.ends_at == at("2026-03-01 12:00")
    assert consent("2026-01-01", revoked_at="2025-12-01").is_empty
    assert not consent("2026-01-01").is_empty


@pytest.mark.parametrize(
    "consents,start,end,uncovered",
    [
        ([], "2026-03-01 10:00", "2026-03-01 11:00", "2026-03-01 10:00"),
        ([HALF_YEAR], "2025-12-31 23:30", "2026-01-01 00:30", "2025-12-31 23:30"),
        ([HALF_YEAR], "2026-06-30 23:30", "2026-07-01 00:30", "2026-07-01 00:00"),
        ([HALF_YEAR, consent("2026-08-01")], "2026-06-30 23:30", "2026-08-01 00:30", "2026-07-01 00:00"),
        ([HALF_YEAR, REVOKED], "2026-07-02 10:00", "2026-07-02 11:00", "2026-07-02 10:00"),
        ([consent("2026-09-01", revoked_at="2026-08-01")], "2026-09-02 10:00", "2026-09-02 11:00", "2026-09-02 10:00"),
    ],
)
def test_uncovered_work(consents: list[AccessConsent], start: str, end: str, uncovered: str) -> None:
    """Remote work is refused from the first instant on that no consent covers (R25)."""
    with pytest.raises(RemoteNeedsAccess) as refused:
        check_remote_access(recorded_spans(consents), at(start), at(end))
    assert refused.value.at == at(uncovered)


@pytest.mark.parametrize(
    "consents",
    [
        [consent("2026-07-01"), HALF_YEAR],
        [HALF_YEAR, consent("2026-03-01", "2026-08-01"), REVOKED],
        [consent("2026-06-30 23:00:40")],
    ],
)
def test_covered_work(consents: list[AccessConsent]) -> None:
    """Consents that follow one another cover work over their seam; minutes are compared whole (R25, D23)."""
    check_remote_access(recorded_spans(consents), at("2026-06-30 23:00"), at("2026-07-01 01:00"))


def span(begins_at: str, ends_at: str | None, *, is_carried: bool = False) -> AccessSpan:
    """A span of a relationship."""
    end = at(ends_at) if ends_at else None
    return AccessSpan(mechanism=Mechanism.GDAP, begins_at=at(begins_at), ends_at=end, is_carried=is_carried)


KNOWN = span("2026-03-01 08:00", "2026-03-02 11:00")
CARRIED = span("2026-03-02 11:00", "2026-03-03 11:00", is_carried=True)


def test_work_on_the_last_known_consent_is_marked() -> None:
    """Any part of the work that only what was known last covers marks it; a known source takes that away."""
    work = at("2026-03-02 10:00"), at("2026-03-02 11:01")
    assert check_remote_access([KNOWN, CARRIED], *work)
    assert not check_remote_access([KNOWN, CARRIED], work[0], at("2026-03-02 11:00"))
    assert not check_remote_access([KNOWN, CARRIED, span("2026-03-01", None)], *work)


def test_since_when_there_is_none() -> None:
    """Who is refused hears since when there has been no consent, if there ever was one."""
    for spans, ended_at in (
        ([], None),
        ([span("2026-04-01", None)], None),
        ([KNOWN, CARRIED, span("2026-04-01", None)], at("2026-03-03 11:00")),
    ):
        with pytest.raises(RemoteNeedsAccess) as refused:
            check_remote_access(spans, at("2026-03-03 12:00"), at("2026-03-03 13:00"))
        assert (refused.value.at, refused.value.ended_at) == (at("2026-03-03 12:00"), ended_at)


MINUTES = st.integers(0, 60)
SPANS = st.lists(
    st.builds(
        lambda begin, length, is_carried: AccessSpan(
            mechanism=Mechanism.GDAP,
            begins_at=MONDAY + begin * MINUTE,
            ends_at=None if length is None else MONDAY + (begin + length) * MINUTE,
            is_carried=is_carried,
        ),
        MINUTES,
        st.none() | st.integers(1, 30),
        st.booleans(),
    ),
    max_size=5,
)


def refused_at(spans: list[AccessSpan], begin: int, end: int) -> int | None:
    """The first minute that is refused; None where the work can be logged."""
    try:
        check_remote_access(spans, MONDAY + begin * MINUTE, MONDAY + end * MINUTE)
    except RemoteNeedsAccess as refusal:
        return (refusal.at - MONDAY) // MINUTE
    return None


@given(SPANS, MINUTES, st.integers(1, 60), st.integers(1, 60), st.randoms(use_true_random=False))
def test_minute_by_minute(spans: list[AccessSpan], begin: int, first: int, second: int, random: Random) -> None:
    """The first minute that nothing covers is refused, in whatever order; splitting an entry changes nothing."""
    middle, end = begin + first, begin + first + second

    def covered(minute: int, kept: list[AccessSpan]) -> bool:
        instant = MONDAY + minute * MINUTE
        return any(one.begins_at <= instant and (one.ends_at is None or instant < one.ends_at) for one in kept)

    expected = next((minute for minute in range(begin, end) if not covered(minute, spans)), None)
    shuffled = random.sample(spans, len(spans)) + spans[:1]
    assert refused_at(spans, begin, end) == refused_at(shuffled, begin, end) == expected
    parts = [refused_at(spans, begin, middle), refused_at(spans, middle, end)]
    assert next((one for one in parts if one is not None), None) == expected
    if expected is None:
        known = [one for one in spans if not one.is_carried]
        is_carried = not all(covered(minute, known) for minute in range(begin, end))
        assert check_remote_access(spans, MONDAY + begin * MINUTE, MONDAY + end * MINUTE) is is_carried
