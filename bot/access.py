"""Whether remote work is covered, judged by the ledger, recorded consents and withdrawals (R25).

What is judged is the time in which the work was done, not when it is logged: what was done under a consent can be
logged after that ended.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from bot.turn import Policy
from contract.access import recorded_spans
from contract.access_spans import ledger_spans
from contract.consents import AccessSpan, Mechanism
from contract.ledger import Entry, EntryKind
from contract.ledger_bodies import UnreadableEntry, read_entry
from contract.withdrawals import covering_span, without_withdrawn
from storage.contracts import load_consents
from storage.grants import load_grants
from storage.ledger import entries_of
from storage.withdrawals import load_withdrawals

_log = logging.getLogger(__name__)
_JUDGED_BY = frozenset(kind for kind in EntryKind if kind.is_observed)


@lru_cache(maxsize=4096)
def _read(body: str) -> Entry:
    """A body says the same for ever, and every card of a ticket is judged by it."""
    return read_entry(body)


def access_spans(session: Session, customer_id: int, policy: Policy) -> tuple[AccessSpan, ...]:
    """Every span of time in which remote work is covered, past ones too; withdrawals are cut out."""
    grants = load_grants(session, customer_id)
    spans: tuple[AccessSpan, ...] = ()
    if grants:
        spans = ledger_spans(_entries(session, customer_id), grants, app_covers_work=policy.app_consent_covers_work)
    adopted = {grant.source_id for grant in grants if grant.mechanism is Mechanism.MANUAL}
    recorded = [one for one in load_consents(session, customer_id) if str(one.id) not in adopted]
    return without_withdrawn((*spans, *recorded_spans(recorded)), load_withdrawals(session, customer_id))


def _entries(session: Session, customer_id: int) -> Iterator[Entry]:
    """What is judged by. An entry that somebody broke says nothing, and stops nothing: verifying finds it."""
    for sealed in entries_of(session, customer_id, _JUDGED_BY):
        try:
            yield _read(sealed.body)
        except UnreadableEntry:
            _log.error("entry %s of the ledger of customer %s can't be read", sealed.place, customer_id)


def covering(session: Session, customer_id: int, at: datetime, policy: Policy) -> AccessSpan | None:
    """The consent that covers an instant; a known one before one that is carried."""
    return covering_span(access_spans(session, customer_id, policy), at)
