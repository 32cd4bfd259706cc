"""A contact takes the customer's consent to remote access back, and since when a ticket waits for access (R25, D31).

A withdrawal ends remote work at that instant, whatever still stands in the customer's tenant; it holds until a contact
lifts it, which is a consent again. Work done before it can still be logged.

    consented from 1 January on, withdrawn on 3 March at 12:00, lifted on 5 March at 9:00: covered until 3 March 12:00
    and again from 5 March 9:00 on. A ticket opened on 1 March has waited since 3 March 12:00, one opened on 4 March
    at 10:00 since then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from contract.consents import AccessSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One withdrawal by a contact (R25). The names are those of then; `withdrawn_by` is None once they are erased."""

    id: int
    customer_id: int
    withdrawn_by: int | None
    withdrawn_by_name: str
    withdrawn_at: datetime
    reason: str
    lifted_by: int | None = None
    lifted_by_name: str | None = None
    lifted_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether it forbids remote work at an instant: from its own on, until that of the lifting (R25)."""
        return self.withdrawn_at <= at and (self.lifted_at is None or at < self.lifted_at)


def holding(withdrawals: Iterable[Withdrawal], at: datetime) -> Withdrawal | None:
    """Return the withdrawal that holds at an instant, the first one where there are several (R25)."""
    found = [one for one in withdrawals if one.holds(at)]
    return min(found, key=lambda one: (one.withdrawn_at, one.id), default=None)


def without_withdrawn(spans: Iterable[AccessSpan], withdrawals: Iterable[Withdrawal]) -> tuple[AccessSpan, ...]:
    """Return the spans with the time of every withdrawal cut out, in their order (R25)."""
    left = tuple(spans)
    for withdrawal in withdrawals:
        left = tuple(part for span in left for part in _around(span, withdrawal))
    return left


def _around(span: AccessSpan, withdrawal: Withdrawal) -> Iterator[AccessSpan]:
    """What is left of a span before a withdrawal and after its lifting."""
    from_, until = withdrawal.withdrawn_at, withdrawal.lifted_at
    if span.begins_at < from_:
        yield span if span.ends_at is not None and span.ends_at <= from_ else replace(span, ends_at=from_)
    if until is not None and (span.ends_at is None or until < span.ends_at):
        yield span if until <= span.begins_at else replace(span, begins_at=until)


def covering_span(spans: Iterable[AccessSpan], at: datetime) -> AccessSpan | None:
    """Return the span that covers an instant: one that is not carried first, then the one that lasts longest (R25)."""
    found = [span for span in spans if span.begins_at <= at and (span.ends_at is None or at < span.ends_at)]
    if not found:
        return None
    known = [span for span in found if not span.is_carried] or found
    endless = [span for span in known if span.ends_at is None]
    return endless[0] if endless else max(known, key=lambda span: span.ends_at or at)


def covered_until(spans: Iterable[AccessSpan], at: datetime) -> datetime | None:
    """Return the first instant from `at` on that is not covered, None where cover goes on without an end (R25)."""
    kept = tuple(spans)
    reached = at
    while (span := covering_span(kept, reached)) is not None:
        if span.ends_at is None:
            return None
        reached = span.ends_at
    return reached


def waiting_since(spans: Iterable[AccessSpan], created_at: datetime, now: datetime) -> datetime:
    """Return since when an open ticket of a customer that is not covered now waits for access (R25, D31)."""
    ended = [span.ends_at for span in spans if span.ends_at is not None and span.ends_at <= now]
    return max([created_at, *ended])
