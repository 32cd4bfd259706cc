"""Whether remote work is covered, judged by the ledger, recorded consents and withdrawals (R25).

What is judged is the time in which the work was done, not when it is logged: what was done under a consent can be
logged after that ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from bot.followed_ledgers import load_courses
from bot.turn import Policy
from contract.access import AccessConsent, recorded_spans
from contract.access_spans import spans_of
from contract.consents import AccessSpan, Grant, Mechanism
from contract.withdrawals import Withdrawal, covering_span, holding, without_withdrawn
from storage.contracts import load_consents_of
from storage.grants import load_grants_of
from storage.withdrawals import load_withdrawals_of

AT_ONCE = 500
"""Customers whose access is read in one look, where it is judged of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a customer's access rests on, read once for everything that is said of it."""

    grants: tuple[Grant, ...]
    recorded: tuple[AccessConsent, ...]
    withdrawals: tuple[Withdrawal, ...]
    spans: tuple[AccessSpan, ...]
    """Every span of time in which remote work is covered, past ones too; withdrawals are cut out."""

    def covering(self, at: datetime) -> AccessSpan | None:
        """The consent that covers an instant; a known one before one that is carried."""
        return covering_span(self.spans, at)

    def withdrawal(self, at: datetime) -> Withdrawal | None:
        """The withdrawal that holds at an instant."""
        return holding(self.withdrawals, at)


def load_access(session: Session, customer_id: int, policy: Policy) -> Access:
    """What one customer's access rests on."""
    return load_access_of(session, [customer_id], policy)[customer_id]


def load_access_of(session: Session, customers: Collection[int], policy: Policy) -> Mapping[int, Access]:
    """What the access of each of these customers rests on: as many statements for a page of them as for one."""
    grants = _by_customer(load_grants_of(session, customers))
    recorded = _by_customer(load_consents_of(session, customers))
    withdrawals = _by_customer(load_withdrawals_of(session, customers))
    courses = load_courses(session, grants) if grants else {}
    found: dict[int, Access] = {}
    for one in customers:
        theirs, held, said = grants.get(one, ()), withdrawals.get(one, ()), recorded.get(one, ())
        adopted = {grant.source_id for grant in theirs if grant.mechanism is Mechanism.MANUAL}
        spans = (
            *spans_of(courses.get(one, {}), theirs, app_covers_work=policy.app_consent_covers_work),
            *recorded_spans(consent for consent in said if str(consent.id) not in adopted),
        )
        found[one] = Access(grants=theirs, recorded=said, withdrawals=held, spans=without_withdrawn(spans, held))
    return found


class _Theirs(Protocol):
    @property
    def customer_id(self) -> int: ...


_Thing = TypeVar("_Thing", bound=_Theirs)


def _by_customer(things: Iterable[_Thing]) -> Mapping[int, tuple[_Thing, ...]]:
    found: dict[int, list[_Thing]] = defaultdict(list)
    for one in things:
        found[one.customer_id].append(one)
    return {customer_id: tuple(theirs) for customer_id, theirs in found.items()}


def access_spans(session: Session, customer_id: int, policy: Policy) -> tuple[AccessSpan, ...]:
    """Every span of time in which remote work is covered, past ones too; withdrawals are cut out."""
    return load_access(session, customer_id, policy).spans


def covering(session: Session, customer_id: int, at: datetime, policy: Policy) -> AccessSpan | None:
    """The consent that covers an instant; a known one before one that is carried."""
    return load_access(session, customer_id, policy).covering(at)


def load_access_by_parts(session: Session, customers: Iterable[int], policy: Policy) -> Iterator[tuple[int, Access]]:
    """What the access of any number of customers rests on, one after the other."""
    ids = sorted(customers)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        yield from load_access_of(session, some, policy).items()


def without_access(session: Session, customers: Iterable[int], policy: Policy, now: datetime) -> frozenset[int]:
    """Whose access is not consented now, of any number of customers."""
    found = load_access_by_parts(session, customers, policy)
    return frozenset(customer_id for customer_id, access in found if access.covering(now) is None)
