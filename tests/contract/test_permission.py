"""Allowance, estimates and hours together: nothing is billed that nobody agreed to (R18, R32, D12, D13, D24, D27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract import errors, life_cycle
from contract.allowance import FREE_MINUTES, Allowance
from contract.consents import AccessSpan, Mechanism
from contract.contracts import Contract
from contract.estimates import Estimate, EstimateState, decide, offer, supersede, withdraw
from contract.hours import OutsideHoursReason, WorkEntry, check_entry, fitting, logged_minutes, standing
from contract.outcomes import Outcome, OutcomeDetails
from tests.contract.builders import CONTACT, ENGINEER, MONDAY, OTHER_CONTACT, PRICES, entry, ticket

CONTRACTS = [
    Contract(id=year, customer_id=7, number=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
    for year in range(2026, 2040)
]
CONSENT = AccessSpan(mechanism=Mechanism.MANUAL, begins_at=MONDAY - timedelta(days=1), ends_at=None)
MINUTES = st.integers(1, 200)


class Permission(RuleBasedStateMachine):
    """Engineers log, correct and estimate; contacts decide and stop; the ticket closes and reopens; in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = life_cycle.claim(ticket(), engineer_id=ENGINEER, now=MONDAY)
        self.now = MONDAY
        self.entries: list[WorkEntry] = []
        self.estimates: list[Estimate] = []
        self.ids = count(1)

    @property
    def allowance(self) -> Allowance:
        """What may be logged, and what is."""
        return Allowance(self.ticket.granted_minutes, logged_minutes(self.entries))

    def tries_to_log(self, draft: WorkEntry, replacing: WorkEntry | None = None) -> bool:
        """Log an entry, or be refused, which changes nothing."""
        try:
            check_entry(
                draft,
                ticket=self.ticket,
                now=self.now,
                own_entries=self.entries,
                contracts=CONTRACTS,
                access=[CONSENT],
                allowance=self.allowance,
                replacing=replacing,
            )
        except (errors.OverAllowance, errors.AfterClosing, errors.OverlappingEntry):
            return False
        self.entries.append(draft)
        return True

    def draft(self, start: datetime, minutes: int, *, is_billable: bool = True) -> WorkEntry:
        """An entry with a new id."""
        end = start + timedelta(minutes=minutes)
        reason = OutsideHoursReason.AGREED_TIME
        made = entry(start, end, id=next(self.ids), is_billable=is_billable, outside_hours_reason=reason)
        return replace(made, recorded_at=self.now)

    @rule(minutes=MINUTES, is_billable=st.booleans())
    def log(self, minutes: int, is_billable: bool) -> None:
        """Work, then log it: whole, or what fits of it and the rest not billable."""
        start = self.now
        self.now += timedelta(minutes=minutes)
        draft = self.draft(start, minutes, is_billable=is_billable)
        if not self.tries_to_log(draft) and self.ticket.is_open:
            billable, rest = fitting(draft, self.allowance.remaining_minutes)
            parts = [replace(part, id=next(self.ids)) for part in (billable, rest) if part]
            assert all(self.tries_to_log(part) for part in parts)

    @rule(at_random=st.randoms(use_true_random=False), minutes=st.integers(0, 200), is_billable=st.booleans())
    @precondition(lambda self: bool(self.entries))
    def correct(self, at_random: object, minutes: int, is_billable: bool) -> None:
        """Correct an entry up or down; down is always allowed."""
        old = at_random.choice(standing(self.entries))  # type: ignore[attr-defined]
        longest = (self.now - old.started_at) // timedelta(minutes=1)
        following = [one.started_at for one in standing(self.entries) if one.started_at >= old.ended_at and one.minutes]
        longest = min([longest, *((start - old.started_at) // timedelta(minutes=1) for start in following)])
        minutes = min(minutes, longest)
        draft = replace(self.draft(old.started_at, minutes, is_billable=is_billable), corrects_id=old.id)
        logged = self.tries_to_log(draft, replacing=old)
        is_down = minutes <= old.minutes and (old.is_billable or not is_billable)
        assert logged or not is_down

    @rule(minutes=st.integers(1, 600))
    @precondition(lambda self: self.ticket.is_open)
    def estimate(self, minutes: int) -> None:
        """Offer an estimate, which supersedes the open one."""
        self.estimates = [supersede(one) if one.state is EstimateState.OPEN else one for one in self.estimates]
        revision = len(self.estimates) + 1
        self.estimates.append(
            offer(
                self.ticket,
                estimate_id=revision,
                revision=revision,
                minutes=minutes,
                what="More",
                prices=PRICES,
                created_by=ENGINEER,
                now=self.now,
            )
        )

    @rule(
        at_random=st.randoms(use_true_random=False),
        approve=st.booleans(),
        by=st.sampled_from([CONTACT, OTHER_CONTACT, ENGINEER]),
    )
    @precondition(lambda self: bool(self.estimates))
    def decide(self, at_random: object, approve: bool, by: int) -> None:
        """Somebody clicks on any card that was ever shown, twice: the second click changes nothing."""
        index = at_random.randrange(len(self.estimates))  # type: ignore[attr-defined]
        one = self.estimates[index]
        is_contact = by != ENGINEER
        try:
            decided = decide(one, revision=one.revision, approve=approve, by=by, is_contact=is_contact, now=self.now)
        except errors.Refusal:
            assert not is_contact or not one.is_open(self.now)
            return
        assert one.is_open(self.now)
        self.estimates[index] = decided
        if approve:
            self.ticket = life_cycle.grant(self.ticket, decided.minutes)
        with pytest.raises(errors.AlreadyDecided):
            decide(decided, revision=one.revision, approve=True, by=by, is_contact=True, now=self.now)

    @rule()
    @precondition(lambda self: self.ticket.is_open)
    def stop(self) -> None:
        """A contact stops the work: nothing is left, or there was nothing to stop."""
        try:
            self.ticket = life_cycle.stop_work(self.ticket, self.allowance.logged_minutes)
        except errors.NothingToStop:
            return
        assert self.allowance.remaining_minutes == 0

    @rule()
    @precondition(lambda self: self.ticket.is_open)
    def close(self) -> None:
        """Resolve the ticket, which withdraws an open estimate."""
        self.ticket = life_cycle.resolve(self.ticket, Outcome.SOLVED, OutcomeDetails(), self.now)
        self.estimates = [withdraw(one) if one.state is EstimateState.OPEN else one for one in self.estimates]

    @rule(days=st.integers(0, 16))
    @precondition(lambda self: not self.ticket.is_open)
    def reopen(self, days: int) -> None:
        """Reopen the ticket in time, or not; no new two hours come with it."""
        self.now += timedelta(days=days)
        granted = self.ticket.granted_minutes
        try:
            self.ticket = life_cycle.reopen(self.ticket, self.now)
        except errors.ReopenTooLate:
            return
        assert self.ticket.granted_minutes == granted

    @invariant()
    def never_more_than_agreed(self) -> None:
        """Billable minutes never exceed two hours plus what was approved, nor what is granted now."""
        approved = sum(one.minutes for one in self.estimates if one.state is EstimateState.APPROVED)
        assert logged_minutes(self.entries) <= self.ticket.granted_minutes <= FREE_MINUTES + approved
        assert self.ticket.approved_minutes == approved

    @invariant()
    def one_open_estimate(self) -> None:
        """At most one estimate is open, and none of a closed ticket."""
        still_open = [one for one in self.estimates if one.state is EstimateState.OPEN]
        assert len(still_open) <= (1 if self.ticket.is_open else 0)


TestPermission = Permission.TestCase
TestPermission.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
