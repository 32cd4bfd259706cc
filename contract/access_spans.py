"""When remote work was covered, by the ledger of a customer's consents (R25).

Each source is followed through its entries. It covers from the instant at which it is proven to have begun, but not
from before a check that did not find it; without proof from the check that found it. It covers until its end, and where
it was found to be gone until the instant at which it counts as ended (contract/consent_states.py). While checks fail
the last known state covers for 24 hours more, marked as carried; so it does, unmarked, where nobody looked:

    active since 1 May, seen at 11:00, failing from 12:00   covered from 1 May until 11:00, carried until 11:00 tomorrow
    ... active again at 15:00                               covered from 1 May on: seen before and after
    ... active again at 12:30 tomorrow instead              not covered tomorrow from 11:00 until 12:30
    ... gone at 15:00 instead                               covered from 1 May until 11:00

What was given anew between two checks covers from then on; until then it counts as gone. Where the scope changed, only
what the old and the new one both allow is covered between the last check that found the old one and the first that
found the new one. A withdrawal cuts at once (contract/withdrawals.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contract.consent_states import is_given_anew
from contract.consents import CARRIED, AccessSpan, GrantState, Mechanism

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contract.consents import Grant, Permission
    from contract.ledger import Entry, GrantFact

_NEVER = datetime.min.replace(tzinfo=UTC)


def ledger_spans(
    entries: Iterable[Entry], grants: Iterable[Grant], *, app_covers_work: bool = False
) -> tuple[AccessSpan, ...]:
    """Return the spans that the entries of one customer's ledger say, in no particular order (R25).

    The entries may come in any order and more than once. `grants` say when each source was seen last: a check that
    finds nothing new writes no entry. App consent covers work only where the provider set that (`app_covers_work`).
    """
    return spans_of(follow({}, entries), grants, app_covers_work=app_covers_work)


def follow(courses: Mapping[int, Course], entries: Iterable[Entry]) -> dict[int, Course]:
    """Return the sources of a customer, by number, followed on through these entries (R25).

    They come after all those that were followed before; among themselves in any order, and more than once.
    """
    facts: dict[int, dict[int, GrantFact]] = defaultdict(dict)
    for entry in entries:
        fact = entry.note.grant
        if fact is not None and entry.note.kind.is_observed:
            facts[fact.id][entry.sequence] = fact
    found = dict(courses)
    for grant_id, numbered in facts.items():
        in_order = [numbered[sequence] for sequence in sorted(numbered)]
        found[grant_id] = found.get(grant_id, Course(in_order[0].mechanism)).followed(in_order)
    return found


def spans_of(
    courses: Mapping[int, Course], grants: Iterable[Grant], *, app_covers_work: bool = False
) -> tuple[AccessSpan, ...]:
    """Return the spans of sources that were followed to the end of the ledger (R25); the rest as `ledger_spans`."""
    beside = {grant.id: grant for grant in grants}
    return tuple(
        span
        for grant_id, course in courses.items()
        if course.mechanism is not Mechanism.APP or app_covers_work
        for span in course.spans(beside.get(grant_id))
    )


@dataclass(frozen=True, slots=True)
class Course:
    """One source as far as its entries were followed: the spans that no later entry changes, and where it stands."""

    mechanism: Mechanism
    past: tuple[AccessSpan, ...] = ()
    stretch: _Stretch | None = None
    is_failing: bool = False

    def spans(self, grant: Grant | None) -> tuple[AccessSpan, ...]:
        """All of them where no entry follows; `grant` says when it was seen last, with nothing new."""
        if self.stretch is None:
            return self.past
        return (*self.past, *self.stretch.goes_on(grant, is_failing=self.is_failing))

    def followed(self, facts: Iterable[GrantFact]) -> Course:
        """The same source after what these entries say of it, in their order."""
        past = list(self.past)
        stretch, is_failing = self.stretch, self.is_failing
        for fact in facts:
            is_unknown = fact.state is GrantState.UNKNOWN
            ended, stretch = _after(stretch, fact, is_failing=is_failing)
            past += ended
            is_failing = is_unknown
        return Course(self.mechanism, tuple(past), stretch, is_failing)


def _after(
    stretch: _Stretch | None, fact: GrantFact, *, is_failing: bool
) -> tuple[Iterable[AccessSpan], _Stretch | None]:
    """What is over with an entry, and the stretch that goes on after it."""
    at = fact.checked_at or _NEVER
    if fact.state is GrantState.UNKNOWN:
        return (), replace(stretch, seen_at=at) if stretch else None
    begun = _Stretch(fact, begins_at=_begin(fact, at), seen_at=at)
    if not fact.state.is_active:
        if stretch is None and fact.state is GrantState.EXPIRED and _is_recorded_late(fact):
            stretch = begun
        return stretch.until(fact.valid_until or at) if stretch else (), None
    if stretch is None:
        return (), begun
    if is_given_anew(stretch.fact, fact, fact.seen_before):
        return stretch.until(fact.seen_before), begun
    if is_failing and at - stretch.seen_at > CARRIED:
        return stretch.carried(), replace(begun, begins_at=max(stretch.begins_at, at))
    if fact.scope != stretch.fact.scope:
        seen = fact.seen_before or at
        both = tuple(one for one in stretch.fact.scope if one in fact.scope)
        between = replace(begun, begins_at=max(stretch.begins_at, seen))
        ended = (*stretch.until(seen), *between.part(between.begins_at, at, scope=both))
        return ended, replace(begun, begins_at=max(stretch.begins_at, at))
    return (), replace(begun, begins_at=stretch.begins_at)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The time in which a source is in force with one scope, as far as it was followed."""

    fact: GrantFact
    """What was last found of it."""
    begins_at: datetime
    seen_at: datetime
    """The last check that is known to have found it."""

    def until(self, ends_at: datetime | None) -> Iterator[AccessSpan]:
        """All of it."""
        return self.part(self.begins_at, ends_at)

    def goes_on(self, grant: Grant | None, *, is_failing: bool) -> Iterator[AccessSpan]:
        """All that is known of it: no later entry says anything else."""
        if grant is not None and not grant.known_state.is_active:
            # The entry that says so is missing or can't be read: in the customer's favour it counts all the same.
            return self.until(self.seen_at)
        if is_failing:
            return self.carried()
        if self.fact.mechanism is Mechanism.MANUAL:
            # It holds by itself: nobody can be asked about it.
            return self.until(None)
        seen_at = (grant.checked_at if grant else None) or self.seen_at
        return self.until(max(seen_at, self.begins_at) + CARRIED)

    def carried(self) -> Iterator[AccessSpan]:
        """It, and 24 hours more after the last check that found it."""
        yield from self.until(self.seen_at)
        yield from self.part(self.seen_at, self.seen_at + CARRIED, is_carried=True)

    def part(
        self,
        begins_at: datetime,
        ends_at: datetime | None,
        *,
        scope: tuple[Permission, ...] | None = None,
        is_carried: bool = False,
    ) -> Iterator[AccessSpan]:
        """A part of it, as far as the source's own end lets it, unless nothing is left."""
        begins_at = max(begins_at, self.begins_at)
        ends_at = min((end for end in (ends_at, self.fact.valid_until) if end is not None), default=None)
        if ends_at is None or begins_at < ends_at:
            yield AccessSpan(
                mechanism=self.fact.mechanism,
                begins_at=begins_at,
                ends_at=ends_at,
                scope=self.fact.scope if scope is None else scope,
                grant_id=self.fact.id,
                is_carried=is_carried,
            )


def _is_recorded_late(fact: GrantFact) -> bool:
    """Whether it is a document about a time that was over when it was recorded."""
    return fact.mechanism is Mechanism.MANUAL and fact.seen_before is None


def _begin(fact: GrantFact, found_at: datetime) -> datetime:
    """Since when it covers: since the source says, where that is proven, but not before a check did not find it."""
    if fact.valid_from is None or fact.proof is None:
        return found_at
    return max(fact.valid_from, fact.seen_before or fact.valid_from)
