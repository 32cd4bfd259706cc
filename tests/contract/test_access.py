"""The customer's consent to remote access (R25)."""

from __future__ import annotations

from typing import Any

import pytest

from contract.access import AccessConsent, ConsentState, check_remote_access, is_consented, recorded_spans
from contract.errors import RemoteNeedsAccess
from tests.contract.builders import at


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
    assert not is_consented([REVOKED], at("2026-03-01 12:00"))
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
    assert is_consented([HALF_YEAR], at(instant)) == (state is ConsentState.VALID)


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
