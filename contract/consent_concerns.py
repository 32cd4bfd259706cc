"""Whose consent somebody should look at: withdrawn, missing, not seen, or ending soon; the worst first (R25).

a contact withdrew it                          withdrawn, since then
nothing covers remote work now                 missing, since the last cover ended
a source in force can't be seen for an hour    not seen, since the last look that found it
all that covers now ends within 60 days        ending, by the latest end
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from contract.accounts import BELIEVED_AFTER
from contract.consent_states import EXPIRING_FROM
from contract.withdrawals import covering_span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from contract.consents import AccessSpan, Grant
    from contract.withdrawals import Withdrawal


class ConcernKind(IntEnum):
    """What is the matter with a customer's consent; the lower, the worse (R25)."""

    WITHDRAWN = 1
    MISSING = 2
    NOT_SEEN = 3
    ENDING = 4


@dataclass(frozen=True, slots=True)
class Concern:
    """What is the matter, since when, or until when it still covers; `at` is None where it never did."""

    kind: ConcernKind
    at: datetime | None


def concern_of(
    spans: Iterable[AccessSpan], grants: Iterable[Grant], withdrawal: Withdrawal | None, now: datetime
) -> Concern | None:
    """Return what is the matter with a customer's consent now, the worst only; None where nothing is (R25).

    `spans` is what the ledger and what was recorded cover, `withdrawal` the one that holds.
    """
    kept, sources = tuple(spans), {grant.id: grant for grant in grants}
    if withdrawal is not None:
        return Concern(ConcernKind.WITHDRAWN, withdrawal.withdrawn_at)
    if covering_span(kept, now) is None:
        ended = [span.ends_at for span in kept if span.ends_at is not None and span.ends_at <= now]
        return Concern(ConcernKind.MISSING, max(ended, default=None))
    unseen = [
        grant.checked_at
        for grant in sources.values()
        if grant.known_state.is_active
        and grant.checked_at is not None
        and grant.failing_since is not None
        and now - grant.failing_since >= BELIEVED_AFTER
    ]
    if unseen:
        return Concern(ConcernKind.NOT_SEEN, min(unseen))
    ends = [_end(span, sources) for span in kept if span.begins_at <= now and not _is_over(span, now)]
    last = max((end for end in ends if end is not None), default=None)
    if last is None or None in ends or last - now > EXPIRING_FROM:
        return None
    return Concern(ConcernKind.ENDING, last)


def _is_over(span: AccessSpan, now: datetime) -> bool:
    return span.ends_at is not None and span.ends_at <= now


def _end(span: AccessSpan, sources: dict[int, Grant]) -> datetime | None:
    """When a source that covers now ends by itself; how far it was seen to cover says nothing of that."""
    grant = sources.get(span.grant_id or 0)
    return span.ends_at if grant is None else grant.valid_until
